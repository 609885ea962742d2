import type { Task } from '../../../src/engine/task.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { file } from '../../../src/tasks/file.js';

/** Who a key belongs to, and what it opens: kind of daemon, capability. */
export interface CephEntity {
  /** client.admin, mgr.node1. */
  readonly name: string;
  readonly caps: Readonly<Record<string, string>>;
}

export const ADMIN_KEYRING = '/etc/ceph/ceph.client.admin.keyring';

/** A keyring as Ceph writes it. */
export function keyringText({ name, caps }: CephEntity, key: string): string {
  const rights = Object.entries(caps).map(([kind, cap]) => `\tcaps ${kind} = "${cap}"\n`);
  return `[${name}]\n\tkey = ${key}\n${rights.join('')}`;
}

export interface KeyringFile {
  readonly id: string;
  readonly path: string;
  /** Name of the secret that is its text. */
  readonly secret: string;
  /** The key has been handed over; otherwise the file is due, and what it will hold is not known yet. */
  readonly known: boolean;
  /** Who hands the key over, for the plan. */
  readonly from: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly prevents?: readonly string[];
}

/** A keyring on a host that needs it. */
export function keyringFile({ known, from, secret, ...options }: KeyringFile): Task {
  const after = ['ceph-packages'];
  if (known) return file({ ...options, after, content: { secret } });
  return command({
    ...options,
    title: `${options.path} has the declared content`,
    after,
    check: sh`differs ${`${options.path} is known after the key has been made on ${from}`}`,
    apply: sh`cannot ${`${from} has not handed over the key for ${options.path}`}`,
  });
}

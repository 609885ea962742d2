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
  /** The key has been handed over. */
  readonly known: boolean;
  /** There is a cluster, so that a key which has not been handed over yet will be what it was. */
  readonly lives: boolean;
  /** Who hands the key over, for the plan. */
  readonly from: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly prevents?: readonly string[];
}

/** A keyring on a host that needs it. */
export function keyringFile({ known, lives, from, secret, ...options }: KeyringFile): Task {
  const { path, mode, owner, group } = options;
  const after = ['ceph-packages'];
  if (known) return file({ ...options, after, content: { secret } });
  const unknown = sh`differs ${`${path} is known after the key has been made on ${from}`}`;
  return command({
    ...options,
    title: `${path} has the declared content`,
    after,
    check: lives
      ? sh`[ -s ${path} ] || { ${unknown}; exit 1; }
has_attributes ${[path, Number.parseInt(mode, 8).toString(8), owner, group]}`
      : unknown,
    apply: sh`cannot ${`${from} has not handed over the key for ${path}`}`,
  });
}

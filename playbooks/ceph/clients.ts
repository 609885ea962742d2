import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { CephClient } from '../../src/inventory/ceph-settings.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { verdict } from '../verdict.js';
import { AFTER_PACKAGES, ASK, ASK_TIMEOUT } from './ask.js';
import { clientCaps } from './client-caps.js';
import type { CephContext } from './context.js';
import { namedIds } from './named-ids.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./clients.sh', import.meta.url), 'utf8')));

/** The clients of the inventory: each with the least rights, its key on the admin host and handed to later stages. */
export function clientTasks(context: CephContext): readonly Task[] {
  const { clients } = context.inventory.ceph;
  const ids = namedIds(
    'ceph-client',
    clients.map(({ name }) => name),
  );
  return clients.map((client) => clientTask(client, ids.get(client.name) ?? '', context));
}

/** Name of the secret output of the admin host that holds the client's key. */
export function keyOutput(client: string): string {
  return `ceph-key-${client}`;
}

function clientTask(client: CephClient, id: string, context: CephContext): Task {
  const { name } = client;
  if (name === 'admin') return notAdmin(id);
  const caps = clientCaps(client, context);
  const words = [name, JSON.stringify(caps)];
  return command({
    id,
    title: `client.${name} is in the cluster with its rights, and its key on this host`,
    after: AFTER_PACKAGES,
    prevents: ['ceph-k8s-admin-user'],
    timeout: { check: ASK_TIMEOUT },
    check: sh`${FUNCTIONS}
check_client ${words}`,
    apply: sh`${FUNCTIONS}
apply_client ${[...words, ...Object.entries(caps).flat()]}`,
    output: {
      name: keyOutput(name),
      secret: true,
      read: sh`${FUNCTIONS}
told_key ${name}`,
    },
  });
}

/** The key of client.admin opens everything: it is never a client of the inventory. */
function notAdmin(id: string): Task {
  return verdict({
    id,
    title: 'client.admin is given to nobody',
    prevents: ['ceph-k8s-admin-user'],
    problem:
      'The inventory lists the client admin, which may do everything (pitfall ceph-k8s-admin-user). Take another name for it',
  });
}

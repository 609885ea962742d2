import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import type { CephContext } from './context.js';

/** The admin key is on the admin host, and on the monitors, which could make one themselves; nowhere else. */
export function holdsAdminKey(host: Host, { members }: CephContext): boolean {
  return host === members.admin || members.mons.includes(host);
}

/** Whose members may read the admin key. */
export function operatorsGroup(host: Host, context: CephContext): readonly Task[] {
  const name = context.inventory.ceph.operatorsGroup;
  if (name === undefined || !holdsAdminKey(host, context)) return [];
  return [
    command({
      id: 'ceph-operators-group',
      title: `the group ${name} exists`,
      prevents: ['ceph-admin-keyring'],
      check: sh`getent group ${name} >/dev/null || differs ${`there is no group ${name}`}`,
      apply: sh`groupadd -r -- ${name}`,
    }),
  ];
}

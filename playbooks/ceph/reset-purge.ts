import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext } from '../../src/engine/play.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { cephMembers } from './members.js';
import { workFolder } from './work-folder.js';

function load(file: string) {
  return rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
}

const FUNCTIONS = lines(load('./reset.sh'), load('./reset-purge.sh'));
/** Seconds: it removes the packages of host after host. */
const PURGE_TIMEOUT = 3600;

/**
 * What deployed the cluster takes it away: `ceph-deploy purge`, `purgedata` and `forgetkeys`, from the admin host. It is due
 * while the folder of the deployment holds keys or configuration, which go last. What it leaves or cannot do, the plays after
 * it do on each host themselves.
 */
export function purgePlays({ inventory }: PlaybookContext, hosts: readonly Host[]): readonly Play[] {
  const admin = cephMembers(inventory)?.admin;
  if (admin === undefined) return [];
  const folder = workFolder(inventory.ceph);
  const names = hosts.map(({ name }) => name);
  const purge = command({
    id: 'ceph-reset-purge',
    title: `ceph-deploy has purged ${names.join(', ')}`,
    timeout: { apply: PURGE_TIMEOUT },
    check: sh`${FUNCTIONS}
[ -z "$(find_ceph_deploy)" ] || list_work ${folder} | tell_some ${folder}`,
    apply: sh`${FUNCTIONS}
purge_hosts ${[inventory.ceph.deployUser, folder, ...names]}
list_work ${folder} | remove_lines`,
  });
  return [
    {
      id: 'ceph-reset-purge',
      title: 'ceph-deploy purges the hosts',
      hosts: [admin],
      tasks: () => [purge],
    },
  ];
}

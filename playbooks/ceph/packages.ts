import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { packages } from '../../src/tasks/packages.js';
import type { CephContext } from './context.js';

/** The packages of what the host does; jq reads what the cluster tells. */
export function cephPackages(host: Host, context: CephContext): Task {
  return packages({
    id: 'ceph-packages',
    title: 'the packages of Ceph are installed',
    install: packageNames(host, context),
    lockTimeout: context.inventory.packages.lockTimeout,
    update: true,
  });
}

export function packageNames(host: Host, { inventory, members, release }: CephContext): readonly string[] {
  const deploys = inventory.ceph.installer === 'ceph-deploy';
  const isAdmin = host === members.admin;
  return [
    'ceph-common',
    'jq',
    ...(members.mons.includes(host) ? ['ceph-mon'] : []),
    ...(members.mgrs.includes(host) && release.mgr ? ['ceph-mgr'] : []),
    ...(members.osds.includes(host) ? ['ceph-osd'] : []),
    ...(members.mdss.includes(host) ? ['ceph-mds'] : []),
    ...(isAdmin && members.mdss.length > 0 ? ['ceph-fuse'] : []),
    // ceph-deploy runs pieces of itself in the Python of every host.
    ...(deploys ? ['python3', 'sudo'] : []),
    ...(deploys && isAdmin ? ['openssh-client', 'python3-venv'] : []),
  ].sort();
}

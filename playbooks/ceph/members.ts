import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { CEPH, hostsWithRole } from '../roles.js';

/** The hosts of the Ceph cluster by what they do, each list in the order of the inventory. */
export interface CephMembers {
  /** Deploys, holds the admin key, and asks the cluster; the first monitor when the inventory names none. */
  readonly admin: Host;
  readonly all: readonly Host[];
  readonly mons: readonly Host[];
  /** The monitors' hosts when nobody has the role mgr: a cluster without a manager is not healthy. */
  readonly mgrs: readonly Host[];
  readonly osds: readonly Host[];
  readonly mdss: readonly Host[];
}

/** undefined when the inventory has no monitor, and so no Ceph. */
export function cephMembers(inventory: Inventory): CephMembers | undefined {
  const mons = hostsWithRole(inventory, ['mon']);
  const mgrs = hostsWithRole(inventory, ['mgr']);
  const admin = inventory.hosts.find(({ name }) => name === inventory.ceph.admin) ?? mons[0];
  if (admin === undefined || mons.length === 0) return undefined;
  return {
    admin,
    all: inventory.hosts.filter((host) => host === admin || hostsWithRole(inventory, CEPH).includes(host)),
    mons,
    mgrs: mgrs.length > 0 ? mgrs : mons,
    osds: hostsWithRole(inventory, ['osd']),
    mdss: hostsWithRole(inventory, ['mds']),
  };
}

/** An OSD is on a block device, or in a directory. */
export function isDevice(osd: string): boolean {
  return osd.startsWith('/dev/');
}

import type { CephContext } from '../../../../playbooks/ceph/context.js';
import { cephMembers } from '../../../../playbooks/ceph/members.js';
import { releaseCalled } from '../../../../playbooks/ceph/releases.js';
import type { CephReleaseName, CephSettings } from '../../../../src/inventory/ceph-settings.js';
import type { Host } from '../../../../src/inventory/inventory.js';
import { aHost, anInventory, cephSettings, factsOf } from '../fixtures.js';

interface Changes {
  readonly ceph?: Partial<CephSettings>;
  readonly hosts?: readonly Host[];
  readonly release?: CephReleaseName;
  /** Of all hosts. */
  readonly kernel?: string;
  readonly keys?: Readonly<Record<string, string>>;
}

/** One monitor, OSDs on three hosts, all of them Kubernetes nodes, and no MDS. */
export const THREE_HOSTS: readonly Host[] = [
  { ...aHost('node1', '10.0.0.11', ['control-plane', 'mon', 'osd']), osds: ['/var/local/osd0'] },
  { ...aHost('node2', '10.0.0.12', ['worker', 'osd']), osds: ['/var/local/osd0'] },
  { ...aHost('node3', '10.0.0.13', ['worker', 'osd']), osds: ['/var/local/osd0', '/dev/sdb'] },
];

/** The same, with a file system. */
export const WITH_MDS: readonly Host[] = THREE_HOSTS.map((host) =>
  host.name === 'node2' ? { ...host, roles: [...host.roles, 'mds'] } : host,
);

/** The context of the plays of the stage ceph; `keys` are outputs of the admin host. */
export function cephContextOf(changes: Changes = {}): CephContext {
  const inventory = anInventory({
    hosts: changes.hosts ?? THREE_HOSTS,
    ceph: { ...cephSettings, ...changes.ceph },
  });
  const members = cephMembers(inventory);
  if (members === undefined) throw new Error('the inventory has no monitor');
  return {
    inventory,
    members,
    facts: factsOf(inventory, changes.kernel === undefined ? {} : { '*': { kernel: changes.kernel } }),
    outputs: new Map([[members.admin.name, new Map(Object.entries(changes.keys ?? {}))]]),
    release: releaseCalled(changes.release ?? 'pacific'),
  };
}

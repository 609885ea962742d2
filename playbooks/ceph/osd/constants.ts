import type { CephContext } from '../context.js';

export const CONF_FILE = '/etc/ceph/ceph.conf';
/** By which a host may bring OSDs to the cluster, and ask it about them. */
export const BOOTSTRAP_KEYRING = '/var/lib/ceph/bootstrap-osd/ceph.keyring';
/** The folder in which the daemons find their data, by their ids. */
export const LINKS = '/var/lib/ceph/osd';
/** Seconds: a journal is written out whole, and disks are slow. */
export const MKFS_TIMEOUT = 900;

/** Tasks, of this host and of others, without which there is no cluster for an OSD to join. */
export function clusterReady({ members }: CephContext): readonly string[] {
  const monitors = members.mons.map(({ name }) => `${name}:ceph-mon-service`);
  return ['ceph-packages', 'ceph-conf', `${members.admin.name}:ceph-conf`, 'ceph-bootstrap-osd', ...monitors];
}

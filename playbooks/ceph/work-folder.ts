import type { CephSettings } from '../../src/inventory/ceph-settings.js';

/** The folder on the admin host that the cluster is deployed from; it keeps the fsid and the first keys. */
export function workFolder({ installer, deployUser }: CephSettings): string {
  return installer === 'ceph-deploy' ? `/home/${deployUser}/ceph-deploy` : '/var/lib/ceph/provision';
}

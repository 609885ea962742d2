import type { CephImage } from '../../src/inventory/ceph-settings.js';
import { keyOutput } from './clients.js';
import type { CephContext } from './context.js';
import { imageFeatures } from './images.js';

/** What a persistent volume on an RBD image is made of. */
export interface RbdForKubernetes {
  readonly pool: string;
  readonly image: string;
  /** undefined: what the cluster gives to new images. */
  readonly features: readonly string[] | undefined;
  /** `address:port`; the kernel's client speaks the first version of the protocol. */
  readonly monitors: readonly string[];
  /** Without `client.`; never admin: pitfall ceph-k8s-admin-user. */
  readonly client: string;
  /**
   * The key as the `data` of a Kubernetes secret has it: a secret value, so it goes only to where secrets may.
   * undefined until the stage ceph has made the client.
   */
  readonly secret: string | undefined;
  /** RBD volumes cannot be recycled: pitfall rbd-pv-recycle. */
  readonly reclaimPolicy: 'Retain';
}

const MONITOR_PORT = 6789;

/** undefined when no client of the inventory may use the image's pool. */
export function rbdForKubernetes(image: CephImage, context: CephContext): RbdForKubernetes | undefined {
  const { inventory, members, outputs } = context;
  const client = inventory.ceph.clients.find(
    ({ name, pools }) => name !== 'admin' && pools.includes(image.pool),
  );
  if (client === undefined) return undefined;
  const key = outputs.get(members.admin.name)?.get(keyOutput(client.name));
  return {
    pool: image.pool,
    image: image.name,
    features: imageFeatures(image, context),
    monitors: members.mons.map(({ address }) => monitorAddress(address)),
    client: client.name,
    secret: key === undefined ? undefined : secretData(key),
    reclaimPolicy: 'Retain',
  };
}

/**
 * Base64 of exactly the key. `echo KEY | base64` encodes a newline with it, and then some clients refuse the key: pitfall
 * ceph-secret-newline. What surrounds the key where it was read is not part of it.
 */
export function secretData(key: string): string {
  return Buffer.from(key.trim(), 'utf8').toString('base64');
}

function monitorAddress(address: string): string {
  return `${address.includes(':') ? `[${address}]` : address}:${String(MONITOR_PORT)}`;
}

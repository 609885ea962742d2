import type { CephContext } from './context.js';

/** More copies than this protect against what hardly happens, and cost room. */
const COPIES = 3;

/**
 * Copies of each object in a new pool: each is on a host of its own, so there cannot be more than hosts with OSDs, or the
 * pool never gets well: pitfall ceph-pool-size.
 */
export function poolSize({ inventory, members }: CephContext): number {
  return inventory.ceph.poolSize ?? Math.max(1, Math.min(COPIES, members.osds.length));
}

/**
 * With how many copies a pool still takes writes. With three, one may be away and a write is still kept twice. With two, one
 * host that restarts would stop everything, so one copy must do; that is what two copies are worth.
 */
export function minSize(size: number): number {
  return size > 2 ? 2 : 1;
}

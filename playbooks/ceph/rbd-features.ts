import { hostsWithRole, KUBERNETES } from '../roles.js';
import type { CephContext } from './context.js';

/** A feature of an RBD image: its bit, and the first Linux that maps images which have it. */
interface Feature {
  readonly name: string;
  readonly bit: number;
  readonly since: readonly [number, number];
}

/**
 * What new images may have, each after the features that it needs. The kernel never learned journaling, and the rest is
 * not for images of a cluster like this.
 */
const FEATURES: readonly Feature[] = [
  { name: 'layering', bit: 1, since: [3, 10] },
  { name: 'exclusive-lock', bit: 4, since: [4, 9] },
  { name: 'object-map', bit: 8, since: [5, 3] },
  { name: 'fast-diff', bit: 16, since: [5, 3] },
  { name: 'deep-flatten', bit: 32, since: [5, 1] },
];

/** The features that an image can lose again, dependents first: the order in which `rbd feature disable` takes them. */
export const REMOVABLE: readonly string[] = [
  'journaling',
  'fast-diff',
  'object-map',
  'exclusive-lock',
  'deep-flatten',
];

/**
 * The features that a kernel (`uname -r`) can map: pitfall rbd-features. Only `layering` when it cannot be told, which
 * every kernel that maps images has.
 */
export function rbdFeatures(kernel: string | undefined): readonly string[] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? '') ?? [];
  const version: readonly [number, number] = [Number(major ?? 0), Number(minor ?? 0)];
  const known = FEATURES.filter(({ since }) => isAtLeast(version, since));
  return known.length === 0 ? ['layering'] : known.map(({ name }) => name);
}

/** The number that `rbd default features` takes. */
export function featureBits(features: readonly string[]): number {
  return FEATURES.filter(({ name }) => features.includes(name)).reduce((sum, { bit }) => sum + bit, 0);
}

/**
 * What every host that may map images supports: the Kubernetes nodes. undefined when no host of the inventory maps any;
 * of a host that could not be reached it is not known, so it counts as the oldest.
 */
export function mappableFeatures({ inventory, facts }: CephContext): readonly string[] | undefined {
  const hosts = hostsWithRole(inventory, KUBERNETES);
  if (hosts.length === 0) return undefined;
  const each = hosts.map(({ name }) => rbdFeatures(facts.get(name)?.kernel));
  return FEATURES.map(({ name }) => name).filter((name) => each.every((features) => features.includes(name)));
}

function isAtLeast([major, minor]: readonly [number, number], since: readonly [number, number]): boolean {
  return major > since[0] || (major === since[0] && minor >= since[1]);
}

import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { clusterPitfalls } from './pitfalls/cluster.js';
import { deployPitfalls } from './pitfalls/deploy.js';
import { imagePitfalls } from './pitfalls/images.js';
import { osdPitfalls } from './pitfalls/osds.js';
import { volumePitfalls } from './pitfalls/volumes.js';

/** How a cluster, its deployment and what uses its images go wrong; the cause stands before its consequence. */
export const pitfalls: readonly Pitfall[] = [
  ...deployPitfalls,
  ...osdPitfalls,
  ...clusterPitfalls,
  ...imagePitfalls,
  ...volumePitfalls,
];

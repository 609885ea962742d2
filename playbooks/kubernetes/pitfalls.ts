import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { clusterPitfalls } from './pitfalls-cluster.js';
import { nodePitfalls } from './pitfalls-nodes.js';
import { podPitfalls } from './pitfalls-pods.js';
import { volumePitfalls } from './pitfalls-volumes.js';

/** How kubeadm, kubelet and what runs by them go wrong; the cause stands before its consequence. */
export const pitfalls: readonly Pitfall[] = [
  ...clusterPitfalls,
  ...nodePitfalls,
  ...volumePitfalls,
  ...podPitfalls,
];

import type { Point } from './interruptions.js';

/** From the first thing that the stages kubernetes and network change to the proof of the network. */
export const KUBERNETES_POINTS: readonly Point[] = [
  { task: 'kubernetes-repository', host: 'node1', seconds: 0.5, cut: 'node1' },
  { task: 'kubernetes-packages', host: 'node2', seconds: 0, cut: 'node2' },
  { task: 'kubeadm-settings', host: 'node1', seconds: 1, cut: 'node2' },
  { task: 'kubeadm-settings', host: 'node1', seconds: 5, cut: 'node1' },
  { task: 'kubeadm-settings', host: 'node1', seconds: 10, cut: 'node2' },
  { task: 'kubeadm-init', host: 'node1', seconds: 0, cut: 'node1' },
  { task: 'kubeadm-join-data', host: 'node1', seconds: 1, cut: 'node1' },
  { task: 'kubeadm-join-data', host: 'node1', seconds: 6, cut: 'node2' },
  { task: 'kubernetes-taints', host: 'node1', seconds: 2, cut: 'node1' },
  { task: 'network-ready', host: 'node1', seconds: 4, cut: 'node2' },
];

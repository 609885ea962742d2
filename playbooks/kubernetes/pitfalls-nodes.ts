import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { evictionProbe, SWAP_PROBE } from './probes.js';

/** How kubelet does not run, or ends its pods. */
export const nodePitfalls: readonly Pitfall[] = [
  {
    id: 'kubelet-eviction-nodefs',
    stage: 'kubernetes',
    title: 'kubelet evicts pods by thresholds that are incomplete, or while the disk has room',
    meaning:
      'kubelet reports DiskPressure, takes no pods and ends those it has when less of the file system of /var/lib/kubelet is free than its threshold says, by default a tenth; a disk that is really full is hosts-root-disk-small. Other thresholds must be given as a full set: one that is left out is no longer watched at all.',
    versions: 'all',
    symptoms: [
      /EvictionThresholdMet\s+Attempting to reclaim nodefs/,
      /\bNodeHasDiskPressure\b|node has conditions: \[DiskPressure\]/,
      /HardEvictionThresholds:\[\{(?![^\]]*memory\.available)|--eviction-hard=(?!\S*memory\.available)/,
      /eviction manager: (?:attempting to reclaim|must evict pod\(s\) to reclaim|eviction thresholds have been met)/i,
      /must evict pod\(s\) to reclaim" resourceName/,
      /The node was low on resource: \[?(?:DiskPressure|ephemeral-storage|nodefs|imagefs)/,
      /sets evictionHard without .*: kubelet has no threshold/,
    ],
    probe: evictionProbe,
    preventedBy: ['kubeadm-settings', 'kubelet-config', 'kubelet-drop-in'],
    remedy: {
      kind: 'guided',
      risk: 'With lower thresholds the disk can fill up altogether, and then the whole node fails.',
      steps: [
        'Make room on the disk: docker image prune, old logs, a larger disk; or move docker.dataRoot.',
        'For a while: a lower value of kubernetes.evictionHard in the inventory, for example nodefs.available: 5%. The signals that are not named keep the defaults of kubelet.',
        'provision stage kubernetes',
      ],
      cure: [{ stage: 'kubernetes' }],
    },
    source: 'articles/001',
  },
  {
    id: 'kubelet-swap-on',
    stage: 'kubernetes',
    title: 'kubelet does not start because swap is on',
    meaning:
      'kubelet ends at once on a host with swap, unless it is told otherwise, because what it promises to pods does not hold there. A line in /etc/fstab turns swap on again with the next start of the host.',
    versions: 'Kubernetes 1.8 and later',
    symptoms: [/running with swap on is not supported/i, /\[ERROR Swap\]/],
    probe: SWAP_PROBE,
    preventedBy: ['swap-off'],
    remedy: {
      kind: 'automatic',
      risk: 'What lies in the swap must fit into memory.',
      steps: [
        'provision stage hosts',
        'By hand: swapoff -a, and a comment sign before each line of swap in /etc/fstab',
      ],
      cure: [{ stage: 'hosts' }],
    },
    source: 'kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm',
  },
];

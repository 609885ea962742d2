import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';
import { PROBES } from './probes.js';

const CONFIG = '/var/lib/kubelet/config.yaml';

/** How kubelet does not run, or ends its pods. */
export const nodePitfalls: readonly Pitfall[] = [
  {
    id: 'kubelet-eviction-nodefs',
    stage: 'kubernetes',
    title: 'kubelet evicts all pods because the disk of the node is nearly full',
    meaning:
      'Less than a tenth of the file system of /var/lib/kubelet is free, so kubelet reports DiskPressure, takes no pods and ends those it has. Other thresholds help for a while, but must be given as a full set: one that is left out is no longer watched at all.',
    symptoms: [
      /eviction manager: (?:attempting to reclaim|must evict pod\(s\) to reclaim|eviction thresholds have been met)/i,
      /must evict pod\(s\) to reclaim" resourceName/,
      /The node was low on resource: \[?(?:DiskPressure|ephemeral-storage|nodefs|imagefs)/,
      /sets evictionHard without .*: kubelet has no threshold/,
    ],
    probe: sh`${PROBES}
probe_eviction ${CONFIG}`,
    preventedBy: ['kubeadm-settings', 'kubelet-config', 'kubelet-drop-in'],
    remedy: {
      kind: 'guided',
      risk: 'With lower thresholds the disk can fill up altogether, and then the whole node fails.',
      steps: [
        'Make room on the disk: docker image prune, old logs, a larger disk; or move docker.dataRoot.',
        'For a while: a lower value of kubernetes.evictionHard in the inventory, for example nodefs.available: 5%. The signals that are not named keep the defaults of kubelet.',
        'provision stage kubernetes',
      ],
    },
    source: 'articles/001',
  },
  {
    id: 'kubelet-swap-on',
    stage: 'kubernetes',
    title: 'kubelet does not start because swap is on',
    meaning:
      'kubelet ends at once on a host with swap, unless it is told otherwise, because what it promises to pods does not hold there. A line in /etc/fstab turns swap on again with the next start of the host.',
    symptoms: [/running with swap on is not supported/i, /\[ERROR Swap\]/],
    probe: sh`${PROBES}
probe_swap ${['/proc/swaps', CONFIG]}`,
    preventedBy: ['swap-off'],
    remedy: {
      kind: 'automatic',
      risk: 'What lies in the swap must fit into memory.',
      steps: [
        'provision stage hosts',
        'By hand: swapoff -a, and a comment sign before each line of swap in /etc/fstab',
      ],
    },
    source: 'kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm',
  },
];

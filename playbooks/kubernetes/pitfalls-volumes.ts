import { readFileSync } from 'node:fs';
import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { rawScript, sh } from '../../src/shell/script.js';

const PROBES = rawScript(readFileSync(new URL('./probes-volumes.sh', import.meta.url), 'utf8'));

/** How volumes that are no images of Ceph fail. */
export const volumePitfalls: readonly Pitfall[] = [
  {
    id: 'nfs-volumes',
    stage: 'kubernetes',
    title: 'A share of NFS is open to everybody, or a node cannot mount it',
    meaning:
      'An export with no_root_squash lets root of any client be root in the share, and insecure lets any program of a client speak for it; a mode of 777 opens it to the rest. A node mounts a share only with the programs of nfs-common (nfs-utils), which kubelet does not bring.',
    versions: 'all',
    symptoms: [
      /^\/\S*\s.*\([^)]*\b(?:no_root_squash|insecure)\b[^)]*\)/,
      /need a \/sbin\/mount\.<type> helper program/,
      /^\s*(?:Output: )?mount\.nfs4?: /,
      /^\S+ is exported to (?:every host|the root of its clients|any program of its clients)/,
      /is a share of NFS, and mount\.nfs is not installed on this host/,
    ],
    probe: sh`${PROBES}
probe_exports /etc/exports /etc/exports.d/*.exports || exit
probe_nfs_client /var/lib/kubelet/pods`,
    preventedBy: [],
    remedy: {
      kind: 'manual',
      risk: 'Clients that wrote as root then write as nobody: the files have to belong to the user of the programs.',
      steps: [
        'In /etc/exports, for the network of the nodes only: /data 192.168.1.0/24(rw,sync,no_subtree_check), then exportfs -ra',
        'Give the folder to the user of the program that writes there, with mode 0770, instead of mode 0777.',
        'On every node: apt-get install nfs-common',
      ],
    },
    source: 'articles/004 (whose insecure,no_root_squash and mode 777 are a mistake)',
  },
];

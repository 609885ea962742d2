import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';
import {
  clockProbe,
  DISKS,
  diskProbe,
  MONITORS_PROBE,
  nameProbe,
  portProbe,
  PULLS_PROBE,
  ZONES_PROBE,
} from './probes.js';

const article = (number: string): string => `articles/${number}`;

/** How the names, clocks, disks and networks of plain hosts break what is put on them. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: 'hosts-name-mismatch',
    stage: 'hosts',
    title: 'A host is called something else than the inventory says',
    meaning:
      'A component uses a name of the host that the others do not know. The host name differs from the inventory, has capital letters (Kubernetes lower-cases them, Ceph does not), is missing in /etc/hosts of a peer, or stands there for 127.0.1.1.',
    versions: 'all',
    symptoms: [
      // One second later flannel has heard of its node, and then it was not the name.
      /failed to acquire lease: node ["“][^"”]+["”] not found(?![^]*Lease acquired)/m,
      /^\s*-\d+\s+[\d.]+\s+host (?:iZ\w*|\S*[A-Z]\S*)/,
      /provided hostname must match remote hostname/,
      /\bmon\.\S*[A-Z]\S* monitor has reached quorum/,
      /monitors may not reach quorum and create-keys will not complete/,
      /hostname: \S+ is not resolvable/,
      /does not resolve to \S+$/,
      /resolves to \S+, which is no address of the inventory/,
    ],
    probe: nameProbe,
    preventedBy: [
      'valid-name',
      'ceph-host-name',
      'host-name',
      'cloud-init-keeps-names',
      'hosts-file',
      'hosts-file-conflicts',
      'names-resolve',
    ],
    remedy: {
      kind: 'automatic',
      risk: 'A node that has joined Kubernetes or Ceph under its old name is known there by that name, and must be removed and joined again.',
      steps: ['provision stage hosts'],
      cure: [{ stage: 'hosts' }],
    },
    source: article('003'),
  },
  {
    id: 'hosts-clock-skew',
    stage: 'hosts',
    title: 'The clocks of the hosts differ',
    meaning:
      'The hosts disagree about the time. Monitors of Ceph warn above 0.05 s, and a certificate that one host has just made is not yet valid for another.',
    versions: 'all',
    symptoms: [
      /clock skew detected/i,
      /certificate has expired or is not yet valid/,
      /x509: .*(?:is before|not yet valid)/,
      /Release file for .* is not valid yet/,
      /The clock of \S+ is [\d.]+ s (?:ahead of|behind)/,
    ],
    probe: clockProbe,
    clusterProbe: { asks: ['ceph'], script: MONITORS_PROBE },
    preventedBy: ['clock-near', 'time-servers', 'time-service', 'clock-agrees'],
    remedy: {
      kind: 'automatic',
      risk: 'A clock that is far off is set in one step, which some programs notice.',
      steps: [
        'Give servers that the hosts can reach in time.servers of the inventory.',
        'provision stage hosts',
      ],
      cure: [{ stage: 'hosts' }],
    },
    source: article('003'),
  },
  {
    id: 'hosts-timezone-pods',
    stage: 'hosts',
    title: 'Pods of a workload have another time zone than their host',
    meaning:
      "A container's /etc/localtime is its image's, mostly UTC. The host's zone has to be mounted over it: /usr/share/zoneinfo/ZONE where the host's /etc/localtime is a link, /etc/localtime where it is a regular file (Ubuntu 14.04).",
    versions: 'all',
    symptoms: [
      // What `date` prints in a pod of a host that has another zone.
      /^\w{3} \w{3} [ \d]\d [\d:]{8} UTC \d{4}$/,
      /Binary files \/etc\/localtime and \/usr\/share\/zoneinfo\/\S+ differ/,
    ],
    probe: ZONES_PROBE,
    preventedBy: ['time-zone', 'network-pairs'],
    remedy: {
      kind: 'manual',
      risk: 'The pods start anew.',
      steps: [
        'Mount a hostPath volume at /etc/localtime in the pod: /usr/share/zoneinfo/ZONE, or /etc/localtime on a host with Ubuntu 14.04.',
        'Where the program is to have a zone of its own, give its container the variable TZ: doctor then lets it be. Pods of the system (kube-system, and what the pod network brings) are left out.',
      ],
    },
    source: article('000'),
  },
  {
    id: 'hosts-root-disk-small',
    stage: 'hosts',
    title: 'Images and containers fill the root disk',
    meaning:
      'The engine keeps images, containers and volumes on the file system of the system. When less than 10 % of it are free, kubelet reports DiskPressure, evicts pods and takes no new ones.',
    versions: 'all',
    symptoms: [
      /\b(?:NodeHasDiskPressure|KubeletHasDiskPressure)\b|\[DiskPressure\]|taints?:?\s+\{?node\.kubernetes\.io\/disk-pressure/i,
      /^\s*\S+\s+[\d.]+[KMGT]?\s+[\d.]+[KMGT]?\s+[\d.]+[KMGT]?\s+(?:9\d|100)%\s+\/$/,
      /No space left on device/i,
      /is too full for .*: [\d.]+ of [\d.]+ GiB are free/,
    ],
    probe: diskProbe,
    preventedBy: ['disk-space', 'docker-data-root', 'docker-settings'],
    remedy: {
      kind: 'guided',
      risk: 'All containers of the host stop while the data is copied. The old copy is kept.',
      steps: [
        'Set docker.dataRoot in the inventory to a folder on a big file system.',
        'Let go of what nobody needs: apt-get clean; docker image prune',
        'provision stage docker',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'Packages that are installed and images without a name make room',
          commands: sh`${DISKS}
propose_room /var/cache/apt/archives`,
        },
        { stage: 'docker' },
      ],
    },
    source: article('001'),
  },
  {
    id: 'hosts-ports-closed',
    stage: 'hosts',
    title: 'A firewall stands between the hosts',
    meaning:
      'A host cannot reach a port of another that the platform needs. "kubeadm join" then hangs, and pods on different nodes do not reach each other.',
    versions: 'all',
    symptoms: [
      /cannot reach \S+ \(\S+\) on \d+\/(?:tcp|udp)/,
      /Failed to request cluster info, will try again/,
      /dial tcp [\d.]+:(?:6443|9898|10250|2379|2380): (?:i\/o timeout|connect: no route to host)/,
    ],
    probe: portProbe,
    preventedBy: ['port-listeners', 'ports-open'],
    remedy: {
      kind: 'manual',
      risk: 'Ports become reachable for whoever the rule admits: admit only the addresses of the hosts.',
      steps: [
        "Open the named ports between the hosts, in the hosts' firewall and in the security group of the cloud.",
        'provision stage hosts',
      ],
    },
    source: article('003'),
  },
  {
    id: 'hosts-registry-blocked',
    stage: 'hosts',
    title: 'Package sources or image registries cannot be reached',
    meaning:
      'A host gets no answer from an address that packages or images come from. Without a mirror or proxy, "kubeadm init" hangs when it waits for the control plane, and pods stay in ImagePullBackOff.',
    versions: 'all',
    symptoms: [
      /cannot reach the (?:package source|registry) \S+:/,
      /Get "?https?:\/\/[^\s"]+\/v[12]\/(?:_ping)?"?: .*(?:i\/o timeout|no such host|no route to host|network is unreachable|connection refused|request canceled|deadline exceeded|TLS handshake timeout)/i,
      /ImagePullBackOff|ErrImagePull/,
      /Created API client, waiting for the control plane to become ready(?![^]*control plane components are healthy)/m,
      /(?:Could not connect to|Could not resolve|Temporary failure resolving|Unable to connect to(?! the server:)) \S+/,
    ],
    clusterProbe: { asks: ['kubernetes'], script: PULLS_PROBE },
    preventedBy: [
      'package-sources',
      'image-registries',
      'apt-proxy',
      'package-mirror',
      'docker-proxy',
      'kubernetes-images',
      'kubernetes-containerd-proxy',
      'kubernetes-registry-*',
    ],
    remedy: {
      kind: 'guided',
      risk: 'The engine restarts when its proxy or mirrors change, and with it its containers.',
      steps: [
        'Set packages.mirror, docker.repository, docker.registryMirrors or proxy in the inventory, or open the way to the named address.',
        'provision up',
      ],
      cure: [{ stage: 'docker' }, { stage: 'kubernetes' }],
    },
    source: `${article('002')}, ${article('003')}, ${article('004')}`,
  },
];

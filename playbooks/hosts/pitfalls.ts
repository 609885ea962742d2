import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import { sh } from '../../src/shell/script.js';

const article = (number: string): string => `articles/${number}`;

/** How the names, clocks, disks and networks of plain hosts break what is put on them. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: 'hosts-name-mismatch',
    stage: 'hosts',
    title: 'A host is called something else than the inventory says',
    meaning:
      'A component uses a name of the host that the others do not know. The host name differs from the inventory, has capital letters (Kubernetes lower-cases them, Ceph does not), is missing in /etc/hosts of a peer, or stands there for 127.0.1.1.',
    symptoms: [
      /failed to acquire lease: node ["“][^"”]+["”] not found/,
      /^\s*-\d+\s+[\d.]+\s+host (?:iZ\w*|\S*[A-Z]\S*)/,
      /provided hostname must match remote hostname/,
      /monitors may not reach quorum and create-keys will not complete/,
      /hostname: \S+ is not resolvable/,
      /does not resolve to \S+$/,
      /resolves to \S+, which is no address of the inventory/,
    ],
    probe: sh`IFS= read -r name </proc/sys/kernel/hostname
case $name in
  *[!a-z0-9-]*) echo "the host is called $name, which is not made of small letters, digits and dashes"; exit 1 ;;
esac
address=$(getent ahosts "$name" | while read -r first _; do printf '%s\n' "$first"; break; done)
case $address in
  '') echo "$name does not resolve on this host"; exit 1 ;;
  127.* | ::1) echo "$name resolves to $address on this host"; exit 1 ;;
esac`,
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
    },
    source: article('003'),
  },
  {
    id: 'hosts-clock-skew',
    stage: 'hosts',
    title: 'The clocks of the hosts differ',
    meaning:
      'The hosts disagree about the time. Monitors of Ceph warn above 0.05 s, and a certificate that one host has just made is not yet valid for another.',
    symptoms: [
      /clock skew detected/i,
      /certificate has expired or is not yet valid/,
      /x509: .*(?:is before|not yet valid)/,
      /Release file for .* is not valid yet/,
      /The clock of \S+ is [\d.]+ s (?:ahead of|behind)/,
    ],
    probe: sh`if [ -e /run/systemd/timesync/synchronized ]; then exit 0; fi
answer=$(chronyc -n tracking 2>&1 || ntpq -c rv 2>&1)
case $answer in
  *'Leap status'*': Normal'* | *leap_none*) exit 0 ;;
esac
echo 'no time server corrects the clock of this host'
exit 1`,
    preventedBy: ['clock-near', 'time-servers', 'time-service', 'clock-agrees'],
    remedy: {
      kind: 'automatic',
      risk: 'A clock that is far off is set in one step, which some programs notice.',
      steps: [
        'Give servers that the hosts can reach in time.servers of the inventory.',
        'provision stage hosts',
      ],
    },
    source: article('003'),
  },
  {
    id: 'hosts-timezone-pods',
    stage: 'hosts',
    title: 'Pods have another time zone than their host',
    meaning:
      "A container's /etc/localtime is its image's, mostly UTC. The host's zone has to be mounted over it: /usr/share/zoneinfo/ZONE where the host's /etc/localtime is a link, /etc/localtime where it is a regular file (Ubuntu 14.04).",
    symptoms: [],
    probe: sh`command -v docker >/dev/null 2>&1 || exit 0
zone=$(date +%z) status=0
for container in $(timeout 20 docker ps -q | head -n 20); do
  inside=$(timeout 5 docker exec "$container" date +%z 2>/dev/null) || continue
  case $inside in
    [+-]????) [ "$inside" = "$zone" ] || { echo "container $container has the zone $inside, the host $zone"; status=1; } ;;
  esac
done
exit "$status"`,
    preventedBy: ['time-zone', 'network-pairs'],
    remedy: {
      kind: 'manual',
      risk: 'The pods start anew.',
      steps: [
        'Mount a hostPath volume at /etc/localtime in the pod: /usr/share/zoneinfo/ZONE, or /etc/localtime on a host with Ubuntu 14.04.',
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
    symptoms: [
      /DiskPressure/,
      /EvictionThresholdMet\s+Attempting to reclaim nodefs/,
      /No space left on device/i,
      /is too full for .*: [\d.]+ of [\d.]+ GiB are free/,
    ],
    probe: sh`status=0
for path in / /var/lib/docker /var/lib/kubelet; do
  [ -d "$path" ] || continue
  used=$(df -P "$path" | { read -r _; read -r _ _ _ _ used _; printf '%s\n' "$used"; })
  case $used in
    9?% | 100%) echo "$path: $used of its file system are used"; status=1 ;;
  esac
done
exit "$status"`,
    preventedBy: ['disk-space', 'docker-data-root', 'docker-settings'],
    remedy: {
      kind: 'guided',
      risk: 'All containers of the host stop while the data is copied. The old copy is kept.',
      steps: [
        'Set docker.dataRoot in the inventory to a folder on a big file system.',
        'provision stage docker',
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
    symptoms: [
      /cannot reach \S+ \(\S+\) on \d+\/(?:tcp|udp)/,
      /Failed to request cluster info, will try again/,
      /dial tcp [\d.]+:(?:6443|9898|10250|2379|2380): (?:i\/o timeout|connect: no route to host)/,
    ],
    noProbe:
      'It takes two hosts to see it; "provision stage hosts" tries every port between every pair of hosts.',
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
    symptoms: [
      /cannot reach the (?:package source|registry) \S+:/,
      /Get "?https?:\/\/[^\s"]+\/v[12]\/(?:_ping)?"?: .*(?:i\/o timeout|no such host|connection refused|request canceled)/i,
      /ImagePullBackOff|ErrImagePull/,
      /Created API client, waiting for the control plane to become ready/,
      /(?:Could not connect to|Could not resolve|Temporary failure resolving|Unable to connect to(?! the server:)) \S+/,
    ],
    noProbe:
      'Which addresses are needed stands in the inventory; "provision stage hosts" tries them from each host when they change.',
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
    },
    source: `${article('002')}, ${article('003')}, ${article('004')}`,
  },
];

import { isIPv6 } from 'node:net';
import type { FileSystem, HostFacts } from '../../src/engine/facts.js';
import type { Task } from '../../src/engine/task.js';
import { overlap } from '../../src/inventory/formats-network.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import type { EvictionSignal } from '../../src/inventory/kubernetes-settings.js';
import { CONTAINERS, hasRole, KUBERNETES } from '../roles.js';
import { verdict } from '../verdict.js';

const GIB = 1024 ** 3;
/** Bytes for packages, logs and the lists of apt. */
const ROOT_FREE = GIB;
/** Bytes for the first images of the platform; afterwards the engine's own collection of garbage is in charge. */
const IMAGES_FREE = 4 * GIB;
/** Seconds beyond which signatures of package sources and certificates count as "not yet valid". */
const WRONG_CLOCK = 600;

/** What must be true of a host before anything is changed on it, judged from its facts. */
export function preflight(host: Host, inventory: Inventory, facts: HostFacts | undefined): readonly Task[] {
  const judge = (problem: (known: HostFacts) => string | undefined) =>
    facts === undefined ? undefined : problem(facts);
  return [
    verdict({
      id: 'supported-system',
      title: 'the system is Debian or Ubuntu with apt and systemd',
      problem: judge((known) => systemProblem(host, known)),
    }),
    verdict({
      id: 'valid-name',
      title: `${host.name} is a host name that every component accepts`,
      prevents: ['hosts-name-mismatch'],
      problem: nameProblem(host),
    }),
    verdict({
      id: 'address-present',
      title: `${host.address} is an address of this host`,
      problem: judge((known) => addressProblem(host, known)),
    }),
    ...(hasRole(host, KUBERNETES)
      ? [
          verdict({
            id: 'cluster-subnets',
            title: 'the networks of pods and services are none of this host',
            problem: judge((known) => subnetProblem(host, inventory, known)),
          }),
        ]
      : []),
    verdict({
      id: 'disk-space',
      title: 'the file systems have enough free space',
      prevents: ['hosts-root-disk-small'],
      problem: judge((known) => spaceProblem(host, inventory, known)),
    }),
    verdict({
      id: 'clock-near',
      title: 'the clock is near enough for signatures to be valid',
      prevents: ['hosts-clock-skew'],
      problem: judge((known) => clockProblem(host, known)),
    }),
  ];
}

export function systemProblem(host: Host, { os, packageManager, init }: HostFacts): string | undefined {
  const system = `${os.id} ${os.version ?? os.codename ?? ''}`.trim();
  const family = [os.id, ...os.like];
  if (packageManager !== 'apt' || !family.some((id) => id === 'debian' || id === 'ubuntu')) {
    return `${host.name} runs ${system}: provision works on Debian and Ubuntu. Take ${host.name} out of the inventory, or install one of them.`;
  }
  if (init !== 'systemd') {
    return `${host.name} runs ${system} with ${init}: provision needs systemd (Debian 8, Ubuntu 16.04 and later). Upgrade the host, or take it out of the inventory.`;
  }
  return undefined;
}

/** RFC 1123, and lower case: Kubernetes lower-cases node names, Ceph does not. */
export function nameProblem({ name }: Host): string | undefined {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return undefined;
  return `"${name}" cannot be a host's name: it must be 1 to 63 small letters, digits and dashes, and begin and end with a letter or digit (RFC 1123). Rename the host in the inventory.`;
}

export function addressProblem(host: Host, { interfaces }: HostFacts): string | undefined {
  const present = interfaces.flatMap(({ addresses }) => addresses.map((each) => each.replace(/\/.*$/, '')));
  if (present.length === 0 || present.map(canonical).includes(canonical(host.address))) return undefined;
  const others = present.filter((each) => !/^(127\.|::1$|fe80:)/i.test(each));
  return `${host.name} does not have the address ${host.address}. It has ${others.join(', ') || 'none'}: write the private one into the inventory (the address to log in to, when it is another, goes to ssh.host).`;
}

function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : address;
}

/** Interfaces that pod networks and kube-proxy make: their addresses are in these networks rightly. */
const OF_THE_CLUSTER =
  /^(cni|flannel|cali|tunl|vxlan\.|weave|vethwe|datapath|cilium|lxc|kube-|nodelocaldns|veth|lo$)/;

/** What is for a network of the host would go to a pod or a service. */
export function subnetProblem(
  host: Host,
  { kubernetes }: Inventory,
  { interfaces }: HostFacts,
): string | undefined {
  const own = interfaces.filter(({ name }) => !OF_THE_CLUSTER.test(name));
  for (const key of ['podSubnet', 'serviceSubnet'] as const) {
    const subnet = kubernetes[key];
    for (const { name, addresses } of own) {
      const address = addresses.find((each) => overlap(each, subnet));
      if (address !== undefined)
        return `${name} of ${host.name} has ${address}, a network that has addresses of kubernetes.${key} (${subnet}) in it. Set kubernetes.${key} of the inventory to a network that no host is in.`;
    }
  }
  return undefined;
}

export function spaceProblem(host: Host, inventory: Inventory, facts: HostFacts): string | undefined {
  const { docker } = inventory;
  const root = fileSystemOf('/', facts);
  const images = fileSystemOf(docker.dataRoot, facts);
  const needed = facts.runtimes.docker === undefined ? IMAGES_FREE : ROOT_FREE;
  const threshold = (signal: EvictionSignal): string | undefined =>
    hasRole(host, KUBERNETES) ? inventory.kubernetes.evictionHard[signal] : undefined;
  return (
    shortage(host, root, ROOT_FREE, threshold('nodefs.available'), 'the system') ??
    (hasRole(host, CONTAINERS)
      ? shortage(
          host,
          images,
          needed,
          threshold('imagefs.available'),
          `images and containers (${docker.dataRoot})`,
        )
      : undefined)
  );
}

function shortage(
  host: Host,
  fileSystem: FileSystem | undefined,
  bytes: number,
  /** kubelet's threshold, on a node. */
  threshold: string | undefined,
  use: string,
): string | undefined {
  if (fileSystem === undefined || fileSystem.size === 0) return undefined;
  const { mountPoint, size, free } = fileSystem;
  const figures = `${gib(free)} of ${gib(size)} GiB are free (${Math.round((free / size) * 100)} %)`;
  const advice =
    'Free space, add a disk, or put docker.dataRoot of the inventory on a file system that has space';
  if (free < bytes)
    return `${mountPoint} of ${host.name} is too full for ${use}: ${figures}, ${gib(bytes)} GiB are needed. ${advice}.`;
  if (threshold !== undefined && free < bytesOf(threshold, size)) {
    return `${mountPoint} of ${host.name} is too full for ${use}: ${figures}, and below ${threshold} kubelet reports DiskPressure and evicts pods. ${advice}, or lower kubernetes.evictionHard.`;
  }
  return undefined;
}

/** A threshold of kubelet: a share of the size, or a quantity. */
function bytesOf(threshold: string, size: number): number {
  const [, digits = '0', unit = ''] = /^([\d.]+)(.*)$/.exec(threshold) ?? [];
  if (unit === '%') return (Number(digits) / 100) * size;
  const power = 'KMGT'.indexOf(unit.charAt(0).toUpperCase()) + 1;
  return Number(digits) * (unit.endsWith('i') ? 1024 : 1000) ** power;
}

/** The file system on which a path lies, or will lie. */
function fileSystemOf(path: string, { fileSystems }: HostFacts): FileSystem | undefined {
  return fileSystems
    .filter(({ mountPoint }) => path === mountPoint || path.startsWith(mountPoint.replace(/\/?$/, '/')))
    .sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0];
}

function gib(bytes: number): string {
  return (bytes / GIB).toFixed(1);
}

/** Time synchronisation comes later, and to install it apt must trust the signatures. */
export function clockProblem(host: Host, { clockSkew }: HostFacts): string | undefined {
  if (clockSkew === undefined || Math.abs(clockSkew) <= WRONG_CLOCK) return undefined;
  const direction = clockSkew > 0 ? 'ahead of' : 'behind';
  return `The clock of ${host.name} is ${Math.round(Math.abs(clockSkew))} s ${direction} this machine's, too far for package signatures and certificates to be valid. Set the clock that is wrong (for example: date -s "2026-01-31 12:00:00"), then run again.`;
}

import { isIPv4, isIPv6 } from 'node:net';
import { controlPlanes, whenVersion } from './compatibility-kubernetes.js';
import type { CompatibilityRule } from './compatibility-rule.js';
import { isInNetwork, overlap } from './formats-network.js';
import type { Host, Inventory } from './inventory.js';
import type { NetworkPlugin, NetworkSettings } from './kubernetes-settings.js';
import { isNode } from './nodes.js';
import type { Path } from './places.js';

const SUBNETS = ['podSubnet', 'serviceSubnet'] as const;
type Subnet = (typeof SUBNETS)[number];
/** Docker's own bridge, unless the daemon is told another one (docs.docker.com, daemon options: bip). */
const DOCKER_BRIDGE = '172.17.0.0/16';
/** Bits of the part of the pod subnet that a node takes (kube-controller-manager --node-cidr-mask-size-ipv4, -ipv6). */
const NODE_MASK = { four: 24, six: 64 } as const;
/** kubeadm's PodSubnetNodeMaskMaxDiff. */
const LARGEST_MASK_DIFFERENCE = 16;

/** The rules of the subnets and of the pod network. */
export const networkRules: readonly CompatibilityRule[] = [
  {
    id: 'subnets-overlap',
    applies: ({ kubernetes }) =>
      overlap(kubernetes.podSubnet, kubernetes.serviceSubnet) ? [['kubernetes', 'podSubnet']] : [],
    message:
      'addresses are in kubernetes.podSubnet and in kubernetes.serviceSubnet, so that a packet could be meant for a pod or for a service',
    works:
      'podSubnet: 10.244.0.0/16 with serviceSubnet: 10.96.0.0/12, or two other networks apart from each other',
  },
  {
    id: 'subnet-over-hosts',
    applies: (inventory) =>
      subnets(inventory, (subnet) => inventory.hosts.some(({ address }) => isInNetwork(address, subnet))),
    message:
      'addresses of hosts are in this subnet: what is for the host would go to a pod or a service, and the other way round',
    works:
      'podSubnet: 172.20.0.0/16 and serviceSubnet: 172.24.0.0/16, or other networks in which neither a host is nor anything that the hosts reach; without these keys they are 10.244.0.0/16 and 10.96.0.0/12',
  },
  {
    id: 'subnet-over-docker-bridge',
    applies: (inventory) => subnets(inventory, (subnet) => overlap(subnet, DOCKER_BRIDGE)),
    message: `Docker has ${DOCKER_BRIDGE} for its own bridge on every host`,
    works: `podSubnet: 10.244.0.0/16 and serviceSubnet: 10.96.0.0/12, or other networks beside ${DOCKER_BRIDGE}`,
  },
  {
    id: 'subnet-of-other-family',
    applies: (inventory) => {
      const [first] = nodes(inventory);
      if (first === undefined) return [];
      return subnets(inventory, (subnet) => subnet.includes(':') !== isIPv6(first.address));
    },
    message:
      'the nodes have addresses of the other family, and pods and services have the family of the nodes',
    works: 'podSubnet and serviceSubnet of the family of the addresses under hosts, or neither of them',
  },
  {
    id: 'pod-subnet-too-small',
    applies: (inventory) => {
      const { podSubnet } = inventory.kubernetes;
      const parts = 2 ** (nodeMask(inventory) - prefixOf(podSubnet));
      return hasCluster(inventory) && nodes(inventory).length > parts ? [['kubernetes', 'podSubnet']] : [];
    },
    message:
      'each node takes a part of the pod subnet, a /24 (IPv6: a /64), and there are fewer parts than nodes: the last ones would have no addresses for pods',
    works: 'podSubnet: 10.244.0.0/16, which has parts for 256 nodes',
  },
  {
    id: 'pod-subnet-too-large',
    applies: (inventory) =>
      hasCluster(inventory) &&
      nodeMask(inventory) - prefixOf(inventory.kubernetes.podSubnet) > LARGEST_MASK_DIFFERENCE
        ? [['kubernetes', 'podSubnet']]
        : [],
    message: 'kubeadm divides a pod subnet into 65536 parts at most, a /24 (IPv6: a /64) for each node',
    works: 'podSubnet: 10.244.0.0/16; at least /8, and with IPv6 at least /48',
  },
  {
    id: 'service-subnet-size',
    applies: (inventory) => {
      const { serviceSubnet } = inventory.kubernetes;
      const free = (isFour(serviceSubnet) ? 32 : 128) - prefixOf(serviceSubnet);
      return hasCluster(inventory) && (free > 20 || free < 4) ? [['kubernetes', 'serviceSubnet']] : [];
    },
    message:
      'the API server refuses a service subnet with more than 20 bits for services, and kubeadm one with less than 10 addresses',
    works: 'serviceSubnet: 10.96.0.0/12; from /12 to /28, and with IPv6 from /108 to /124',
  },
  {
    id: 'ipv6-before-1.18',
    applies: (inventory) => {
      const [first] = nodes(inventory);
      if (first === undefined || !isIPv6(first.address)) return [];
      const isOld = whenVersion(inventory, (minor) => minor < 18, []).length > 0;
      return isOld ? [['hosts', first.name, 'address']] : [];
    },
    message: 'Kubernetes with IPv6 is a trial before 1.18',
    works: 'IPv4 addresses of the nodes, or kubernetes: {version: "1.18"} or later',
  },
  {
    id: 'backend-of-other-plugin',
    applies: ({ network: { plugin, backend } }) =>
      backend !== undefined && !BACKENDS[plugin].includes(backend) ? [['network', 'backend']] : [],
    message:
      'network.plugin has not this backend: flannel has vxlan, host-gw and udp, calico has vxlan and ipip, the others have no choice',
    works:
      'network: {plugin: flannel, backend: host-gw}, network: {plugin: calico, backend: ipip}, or no backend',
  },
  {
    id: 'network-setting-unused',
    applies: ({ network }) =>
      UNUSED[network.plugin].filter((key) => network[key] !== undefined).map((key) => ['network', key]),
    message:
      'network.plugin does not use this setting: `none` has nothing to set, `routes` no version, image and manifest of its own, and the manifest of flannel is part of this program',
    works: 'no such key, or a plugin that has it: network: {plugin: calico, manifestMirror: …}',
  },
  {
    id: 'plugin-of-other-versions',
    applies: (inventory) => {
      const { from, to } = PLUGIN_MINORS[inventory.network.plugin] ?? {};
      if (from === undefined || to === undefined) return [];
      const isOther = whenVersion(inventory, (minor) => minor < from || minor > to, []).length > 0;
      return isOther ? [['network', 'plugin']] : [];
    },
    message:
      "no manifest of this plugin is known for this version: calico's are for Kubernetes 1.21 and later, that of cilium is for 1.16 to 1.21, and later ones of cilium come as a chart alone",
    works: 'network: {plugin: flannel} or network: {plugin: routes}, which go with every version',
  },
  {
    id: 'pod-network-of-ipv6',
    applies: (inventory) => {
      const isSix = nodes(inventory).some(({ address }) => isIPv6(address));
      return isSix && hasCluster(inventory) && inventory.network.plugin !== 'none'
        ? [['network', 'plugin']]
        : [];
    },
    message: 'the nodes have IPv6 addresses, and this program sets up pod networks of IPv4',
    works: 'network: {plugin: none}, and a network that you install yourself; or IPv4 addresses of the nodes',
  },
];

/** Minor versions for which this program has the plugin's manifest; playbooks/network/fetched/releases.ts has the manifests. */
export const PLUGIN_MINORS: Partial<
  Readonly<Record<NetworkPlugin, { readonly from: number; readonly to: number }>>
> = {
  calico: { from: 21, to: Number.POSITIVE_INFINITY },
  cilium: { from: 16, to: 21 },
};

const BACKENDS: Readonly<Record<NetworkPlugin, readonly NonNullable<NetworkSettings['backend']>[]>> = {
  flannel: ['vxlan', 'host-gw', 'udp'],
  calico: ['vxlan', 'ipip'],
  routes: [],
  weave: [],
  cilium: [],
  none: [],
};

const UNUSED: Readonly<
  Record<NetworkPlugin, readonly ('version' | 'mtu' | 'manifestMirror' | 'imageRepository')[]>
> = {
  flannel: ['manifestMirror'],
  routes: ['version', 'manifestMirror', 'imageRepository'],
  calico: [],
  weave: [],
  cilium: [],
  none: ['version', 'mtu', 'manifestMirror', 'imageRepository'],
};

/** The subnets of which it is true, when there is a cluster that has them. */
function subnets(inventory: Inventory, is: (subnet: string) => boolean): Path[] {
  if (!hasCluster(inventory)) return [];
  return SUBNETS.filter((key: Subnet) => is(inventory.kubernetes[key])).map((key) => ['kubernetes', key]);
}

function hasCluster({ hosts }: Inventory): boolean {
  return controlPlanes(hosts).length > 0;
}

function nodes({ hosts }: Inventory): readonly Host[] {
  return hosts.filter(({ roles }) => isNode(roles));
}

function isFour(subnet: string): boolean {
  return isIPv4(subnet.split('/')[0] ?? '');
}

function prefixOf(subnet: string): number {
  return Number(subnet.split('/')[1]);
}

function nodeMask({ kubernetes }: Inventory): number {
  const given = kubernetes.extraArgs.controllerManager.get('node-cidr-mask-size');
  return given === undefined ? NODE_MASK[isFour(kubernetes.podSubnet) ? 'four' : 'six'] : Number(given);
}

import type { CompatibilityRule } from './compatibility-rule.js';
import { PATCH_TARGETS } from './formats-kubernetes.js';
import type { Host, Inventory } from './inventory.js';
import { CONTROL_PLANE_COMPONENTS, minorOf, NEWEST_MINOR, OLDEST_MINOR } from './kubernetes-settings.js';
import type { KubernetesSettings } from './kubernetes-settings.js';
import type { Path } from './places.js';

/** The rules of Kubernetes besides its subnets. Those of a version hold when the version is known before connecting. */
export const kubernetesRules: readonly CompatibilityRule[] = [
  {
    id: 'kubernetes-version-unknown',
    applies: (inventory) =>
      whenVersion(inventory, (minor) => minor < OLDEST_MINOR || minor > NEWEST_MINOR, ['version']),
    message: `kubeadm's configuration, images and packages differ by version, and this program knows those of 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR}`,
    works: `kubernetes: {version: "1.${NEWEST_MINOR}"}, or any version from 1.${OLDEST_MINOR} on`,
  },
  {
    id: 'kubernetes-version-missing',
    applies: ({ kubernetes }) =>
      kubernetes.source !== 'upstream' && kubernetes.version === undefined ? [['kubernetes', 'source']] : [],
    message:
      'the version of what the hosts have is not known before they are asked, and what kubeadm is told depends on it',
    works: 'kubernetes: {source: folder, folder: /srv/kubernetes, version: "1.20.2"}',
  },
  {
    id: 'kubernetes-repository-unused',
    applies: ({ kubernetes }) =>
      kubernetes.source !== 'upstream' && kubernetes.repository !== undefined
        ? [['kubernetes', 'repository']]
        : [],
    message:
      'kubernetes.repository is a mirror of pkgs.k8s.io, and kubernetes.source is another one, which does not use it',
    works: 'kubernetes: {source: upstream, repository: …}, or the other source without a repository',
  },
  {
    id: 'kubernetes-folder-unused',
    applies: ({ kubernetes }) =>
      kubernetes.source !== 'folder' && kubernetes.folder !== undefined ? [['kubernetes', 'folder']] : [],
    message: 'kubernetes.folder has packages and images, and kubernetes.source does not take them from there',
    works: 'kubernetes: {source: folder, folder: /srv/kubernetes, version: "1.20.2"}',
  },
  {
    id: 'kubernetes-folder-missing',
    applies: ({ kubernetes }) =>
      kubernetes.source === 'folder' && kubernetes.folder === undefined ? [['kubernetes', 'source']] : [],
    message: 'the packages are to come from a folder of the hosts, and none is named',
    works: 'kubernetes: {source: folder, folder: /srv/kubernetes, version: "1.20.2"}',
  },
  {
    id: 'kubernetes-packages-gone',
    applies: (inventory) =>
      inventory.kubernetes.source === 'upstream' && inventory.kubernetes.repository === undefined
        ? whenVersion(inventory, (minor) => minor >= OLDEST_MINOR && minor < 24, ['version'])
        : [],
    message:
      'pkgs.k8s.io has the packages of 1.24 and later; those of earlier versions were at apt.kubernetes.io, which was closed in March 2024',
    works:
      'kubernetes: {version: "1.20.2", source: folder, folder: /srv/kubernetes}, or a repository that is a mirror of apt.kubernetes.io, or 1.24 and later',
  },
  {
    id: 'dockershim-gone',
    applies: (inventory) =>
      inventory.kubernetes.runtime === 'docker'
        ? whenVersion(inventory, (minor) => minor >= 24, ['runtime'])
        : [],
    message:
      'kubelet speaks to Docker itself in versions before 1.24 alone, where its dockershim was removed',
    works:
      'kubernetes: {runtime: containerd}, kubernetes: {runtime: cri-dockerd} to stay with Docker, or a version before 1.24',
  },
  {
    id: 'cri-dockerd-before-1.24',
    applies: (inventory) =>
      inventory.kubernetes.runtime === 'cri-dockerd'
        ? whenVersion(inventory, (minor) => minor < 24, ['runtime'])
        : [],
    message: 'cri-dockerd does for 1.24 and later what kubelet does itself before',
    works: 'kubernetes: {runtime: docker} before 1.24',
  },
  {
    id: 'containerd-before-1.11',
    applies: (inventory) =>
      inventory.kubernetes.runtime === 'containerd'
        ? whenVersion(inventory, (minor) => minor < 11, ['runtime'])
        : [],
    message: 'kubeadm makes nodes with Docker alone before 1.11',
    works: 'kubernetes: {runtime: docker} before 1.11',
  },
  {
    id: 'even-control-planes',
    applies: ({ hosts }) => {
      const last = controlPlanes(hosts).length % 2 === 0 ? controlPlanes(hosts).at(-1) : undefined;
      return last === undefined ? [] : [['hosts', last.name, 'roles']];
    },
    message:
      'each control plane has a member of etcd, and more than half of them must agree: an even number survives the loss of no more of them than one less does, and with two the loss of either stops the cluster',
    works: '1 or 3 hosts with the role control-plane (5 survive the loss of two)',
  },
  {
    id: 'control-planes-before-1.14',
    applies: (inventory) => {
      const [, second] = controlPlanes(inventory.hosts);
      if (second === undefined) return [];
      const isOld = whenVersion(inventory, (minor) => minor < 14, []).length > 0;
      return isOld ? [['hosts', second.name, 'roles']] : [];
    },
    message: 'kubeadm hands the certificates of a cluster to further control planes from 1.14 on',
    works: 'one host with the role control-plane, or kubernetes: {version: "1.14"} or later',
  },
  {
    id: 'endpoint-of-one-control-plane',
    applies: endpointOfOne,
    message:
      'all nodes would reach the cluster through one of its control planes, so that the loss of this one would stop all of them',
    works:
      'no controlPlaneEndpoint, which then is a name with the addresses of all control planes; or a load balancer: k8s.example.com:6443',
  },
  {
    id: 'schedulable-contradiction',
    applies: ({ kubernetes, hosts }) =>
      kubernetes.schedulableControlPlane === false &&
      controlPlanes(hosts).some(({ roles }) => roles.includes('worker'))
        ? [['kubernetes', 'schedulableControlPlane']]
        : [],
    message: 'a control plane has the role worker too, and workers run pods',
    works:
      'schedulableControlPlane: false with control planes that have not the role worker, or no schedulableControlPlane',
  },
  {
    id: 'endpoint-before-1.10',
    applies: (inventory) =>
      inventory.kubernetes.controlPlaneEndpoint === undefined
        ? []
        : whenVersion(inventory, (minor) => minor < 10, ['controlPlaneEndpoint']),
    message: 'kubeadm knows a cluster by the address of its control plane before 1.10',
    works: 'no controlPlaneEndpoint before 1.10; certificateNames has further names of the API server',
  },
  {
    id: 'image-repository-before-1.8',
    applies: (inventory) =>
      inventory.kubernetes.imageRepository === undefined
        ? []
        : whenVersion(inventory, (minor) => minor < 8, ['imageRepository']),
    message: 'the configuration of kubeadm has a registry of its own from 1.8 on',
    works: 'kubernetes: {source: folder, …} before 1.8, which brings the images, or docker.registryMirrors',
  },
  {
    id: 'extra-args-before-kubeadm',
    applies: (inventory) =>
      CONTROL_PLANE_COMPONENTS.flatMap((name) =>
        inventory.kubernetes.extraArgs[name].size === 0
          ? []
          : whenVersion(inventory, (minor) => minor < (name === 'etcd' ? 7 : 6), ['extraArgs', name]),
      ),
    message:
      'kubeadm gives further arguments to the components of the control plane from 1.6 on, and to etcd from 1.7 on',
    works: 'extraArgs: {kubelet: …} alone, or kubernetes: {version: "1.7"} or later',
  },
  {
    id: 'kubelet-config-before-1.11',
    applies: (inventory) =>
      inventory.kubernetes.kubeletConfig.size > 0
        ? whenVersion(inventory, (minor) => minor < 11, ['kubeletConfig'])
        : [],
    message:
      'kubelet has its settings as arguments before 1.11, where kubeadm began to write KubeletConfiguration',
    works: 'extraArgs: {kubelet: {max-pods: 50}} before 1.11',
  },
  {
    id: 'proxy-config-before-1.9',
    applies: (inventory) =>
      inventory.kubernetes.proxyConfig.size > 0
        ? whenVersion(inventory, (minor) => minor < 9, ['proxyConfig'])
        : [],
    message: 'kubeadm takes a KubeProxyConfiguration from 1.9 on',
    works: 'no proxyConfig before 1.9',
  },
  {
    id: 'setting-within-setting',
    applies: ({ kubernetes }) => [
      ...nested(kubernetes.kubeletConfig).map((key) => ['kubernetes', 'kubeletConfig', key]),
      ...nested(kubernetes.proxyConfig).map((key) => ['kubernetes', 'proxyConfig', key]),
    ],
    message: 'the setting is in an object that another key sets to a value',
    works: 'proxyConfig: {conntrack.min: 0, conntrack.maxPerCore: 32768}',
  },
  {
    id: 'patch-before-kubeadm',
    applies: earlyPatches,
    message:
      'kubeadm patches the parts of the control plane from 1.19 on, kubeletconfiguration from 1.25 on and corednsdeployment from 1.32 on',
    works: 'extraArgs for earlier versions',
  },
  {
    id: 'no-execute-before-1.6',
    applies: (inventory) =>
      whenVersion(inventory, (minor) => minor < 6, []).flatMap(() =>
        inventory.hosts
          .filter(({ taints }) => taints.some((taint) => taint.endsWith(':NoExecute')))
          .map(({ name }) => ['hosts', name, 'taints']),
      ),
    message: 'the effect NoExecute came with Kubernetes 1.6',
    works: 'NoSchedule or PreferNoSchedule before 1.6',
  },
];

/** undefined: not known before the hosts are asked. */
function knownMinor({ version, source }: KubernetesSettings): number | undefined {
  if (version !== undefined) return minorOf(version);
  return source === 'upstream' ? NEWEST_MINOR : undefined;
}

/** The path below `kubernetes`, when the version is such a one. */
export function whenVersion(
  { kubernetes }: Inventory,
  is: (minor: number) => boolean,
  path: readonly string[],
): Path[] {
  const minor = knownMinor(kubernetes);
  return minor !== undefined && is(minor) ? [['kubernetes', ...path]] : [];
}

export function controlPlanes(hosts: readonly Host[]): readonly Host[] {
  return hosts.filter(({ roles }) => roles.includes('control-plane'));
}

function endpointOfOne({ kubernetes: { controlPlaneEndpoint }, hosts }: Inventory): Path[] {
  const members = controlPlanes(hosts);
  if (controlPlaneEndpoint === undefined || members.length < 2) return [];
  const host = controlPlaneEndpoint.replace(/:\d+$/, '').replaceAll(/[[\]]/g, '');
  return members.some(({ name, address }) => host === name || host === address)
    ? [['kubernetes', 'controlPlaneEndpoint']]
    : [];
}

function nested(settings: ReadonlyMap<string, string>): string[] {
  const keys = [...settings.keys()];
  return keys.filter((key) => keys.some((other) => key.startsWith(`${other}.`)));
}

function earlyPatches(inventory: Inventory): Path[] {
  return [...inventory.kubernetes.patches.keys()].flatMap((file) => {
    const [, first = 0] = Object.entries(PATCH_TARGETS).find(([target]) => file.startsWith(target)) ?? [];
    return whenVersion(inventory, (minor) => minor < first, ['patches', file]);
  });
}

import * as kubernetes from './formats-kubernetes.js';
import * as addresses from './formats-network.js';
import {
  choice,
  flag,
  list,
  mapOf,
  object,
  optional,
  section,
  text,
  wholeNumber,
  withDefault,
} from './kinds.js';
import type { Format, ValueOf } from './kinds.js';
import { EVICTION_DEFAULTS } from './kubernetes-settings.js';

const SUBNETS = 'it is kubernetes.serviceSubnet';
const NODE_ADDRESS = 'it is the address of the host';

const ELSEWHERE = {
  apiServer: {
    'advertise-address': NODE_ADDRESS,
    'service-cluster-ip-range': SUBNETS,
    'secure-port': 'the API server has 6443',
  },
  controllerManager: {
    'cluster-cidr': 'it is kubernetes.podSubnet',
    'allocate-node-cidrs': 'it follows from kubernetes.podSubnet',
    'service-cluster-ip-range': SUBNETS,
  },
  kubelet: {
    'node-ip': NODE_ADDRESS,
    'hostname-override': 'it is the name of the host',
    'eviction-hard': 'it is kubernetes.evictionHard',
    'cgroup-driver': 'it is docker.cgroupDriver',
    'cluster-domain': 'it is kubernetes.dnsDomain',
    'cluster-dns': 'it follows from kubernetes.serviceSubnet',
    'container-runtime': 'it follows from kubernetes.runtime',
    'container-runtime-endpoint': 'it follows from kubernetes.runtime',
    'node-labels': 'it is `labels` of a host or group',
    'register-with-taints': 'it is `taints` of a host or group',
  },
  kubeletConfig: {
    evictionHard: 'it is kubernetes.evictionHard',
    cgroupDriver: 'it is docker.cgroupDriver',
    clusterDomain: 'it is kubernetes.dnsDomain',
    clusterDNS: 'it follows from kubernetes.serviceSubnet',
    apiVersion: 'it follows from kubernetes.version',
    kind: 'it goes without saying',
  },
  proxyConfig: {
    clusterCIDR: 'it is kubernetes.podSubnet',
    apiVersion: 'it follows from kubernetes.version',
    kind: 'it goes without saying',
  },
} as const;

function argumentsOf(
  component: string,
  elsewhere: Readonly<Record<string, string>> = {},
  value: Format = kubernetes.argumentValue,
) {
  return section(
    mapOf(kubernetes.argumentName(elsewhere), 'ARGUMENT', text(value)),
    `Arguments of ${component} by name, without the leading hyphens.`,
  );
}

const extraArgs = object({
  apiServer: argumentsOf('kube-apiserver', ELSEWHERE.apiServer),
  controllerManager: argumentsOf('kube-controller-manager', ELSEWHERE.controllerManager),
  scheduler: argumentsOf('kube-scheduler'),
  etcd: argumentsOf('etcd'),
  kubelet: argumentsOf('kubelet', ELSEWHERE.kubelet, kubernetes.kubeletArgumentValue),
});

const evictionHard = object({
  'memory.available': withDefault(
    text(kubernetes.evictionSize),
    EVICTION_DEFAULTS['memory.available'],
    'Free memory.',
  ),
  'nodefs.available': withDefault(
    text(kubernetes.evictionSize),
    EVICTION_DEFAULTS['nodefs.available'],
    'Free space of the file system that has /var/lib/kubelet.',
  ),
  'nodefs.inodesFree': withDefault(
    text(kubernetes.evictionInodes),
    EVICTION_DEFAULTS['nodefs.inodesFree'],
    'Free inodes of the file system that has /var/lib/kubelet.',
  ),
  'imagefs.available': withDefault(
    text(kubernetes.evictionSize),
    EVICTION_DEFAULTS['imagefs.available'],
    'Free space of the file system that has the images.',
  ),
  'imagefs.inodesFree': withDefault(
    text(kubernetes.evictionInodes),
    EVICTION_DEFAULTS['imagefs.inodesFree'],
    'Free inodes of the file system that has the images.',
  ),
});

/** The section `kubernetes`. */
export const kubernetesSection = object({
  version: optional(
    text(kubernetes.kubernetesVersion),
    'Version of Kubernetes. Its packages are held, so that upgrades leave them alone.',
    'the newest minor version that this program knows; `source: distribution` and `source: folder` want it',
  ),
  source: withDefault(
    choice(['upstream', 'distribution', 'folder']),
    'upstream',
    '`upstream` takes the packages of pkgs.k8s.io (from 1.24), or of a mirror of it; `distribution` what the package sources of the hosts have, `folder` a folder on each host.',
  ),
  repository: optional(
    text(addresses.webAddress),
    'Base address of a mirror of pkgs.k8s.io; core:/stable:/v1.34/deb and the like are below it. For versions before 1.24 it is a mirror of apt.kubernetes.io with its suite kubernetes-xenial.',
    'https://pkgs.k8s.io',
  ),
  folder: optional(
    text(kubernetes.packageFolder),
    'Folder on each host, for `source: folder`: `packages` in it is a flat apt repository, `images` has archives of images and index.txt with a line NAME FILE for each.',
    'none',
  ),
  runtime: optional(
    choice(['docker', 'containerd', 'cri-dockerd']),
    'What runs the containers: `docker` is spoken to by kubelet itself, before 1.24; `cri-dockerd` is how Docker goes on from 1.24.',
    '`docker` before 1.24, `containerd` from then on',
  ),
  controlPlaneEndpoint: optional(
    text(kubernetes.endpoint),
    'HOST or HOST:PORT by which nodes reach any of the control planes: a load balancer, or a name that has all their addresses.',
    'a name that the hosts file of each host has, with the addresses of the control planes',
  ),
  podSubnet: optional(
    text(addresses.networkAddress),
    'Network of the pods. Each node takes a part of it: 256 addresses, or a /64.',
    '`10.244.0.0/16`; with IPv6 addresses of the hosts `fd00:10:244::/56`',
  ),
  serviceSubnet: optional(
    text(addresses.networkAddress),
    'Network of the services, which exists in the cluster alone.',
    '`10.96.0.0/12`; with IPv6 addresses of the hosts `fd00:10:96::/112`',
  ),
  dnsDomain: withDefault(text(kubernetes.dnsDomain), 'cluster.local', 'Domain of the names of services.'),
  imageRepository: optional(
    text(kubernetes.imageRepository),
    'Registry and path that have the images of the control plane in place of registry.k8s.io: a mirror inside the company.',
    'the one of the release',
  ),
  schedulableControlPlane: optional(
    flag(),
    'Whether pods may run on control planes.',
    'on those control planes that have the role worker too',
  ),
  evictionHard: section(
    evictionHard,
    'What must stay free on a node; below it kubelet ends pods. Thresholds that are not given keep their defaults.',
  ),
  extraArgs: section(extraArgs, 'Further arguments of the components.'),
  kubeletConfig: section(
    mapOf(
      kubernetes.configurationKey(ELSEWHERE.kubeletConfig),
      'SETTING',
      text(kubernetes.configurationValue),
    ),
    'Further settings of KubeletConfiguration for all nodes.',
  ),
  proxyConfig: section(
    mapOf(kubernetes.configurationKey(ELSEWHERE.proxyConfig), 'SETTING', text(kubernetes.configurationValue)),
    'Further settings of KubeProxyConfiguration.',
  ),
  patches: section(
    mapOf(kubernetes.patchFile, 'FILE', text(kubernetes.patch)),
    'Patches that kubeadm applies to what it makes, by file name, such as kube-apiserver+merge.yaml.',
  ),
  certificateNames: withDefault(
    list(text(kubernetes.certificateName)),
    [],
    'Names and addresses, besides those of the hosts, for which the certificate of the API server is valid: a public address, a load balancer.',
  ),
});

/** The section `network`. */
export const networkSection = object({
  plugin: withDefault(
    choice(['flannel', 'routes', 'calico', 'weave', 'cilium', 'none']),
    'flannel',
    'How pods of different nodes reach each other. `routes` is a bridge on each host and a route to each other host, for hosts in one subnet: no daemon and no image. `none` leaves it to you.',
  ),
  backend: optional(
    choice(['vxlan', 'host-gw', 'udp', 'ipip']),
    'How packets travel between nodes. flannel: `vxlan`, `host-gw` (hosts in one subnet), `udp` (for debugging alone: slow). calico: `vxlan`, `ipip` (many clouds drop it: pitfall calico-ipip-blocked).',
    '`vxlan`, where the plugin has a choice',
  ),
  version: optional(
    text(kubernetes.pluginVersion),
    'Version of the plugin: one that this program knows, for it checks what it fetches by its checksum.',
    'the one that goes with the version of Kubernetes',
  ),
  mtu: optional(
    wholeNumber(576, 65_535, 'bytes'),
    'Largest packet of a pod.',
    'that of the interface with the private address, less what the plugin adds',
  ),
  manifestMirror: optional(
    text(addresses.webAddress),
    'Base address of a mirror that has the manifests of calico, weave and cilium under the paths that they have at GitHub.',
    'https://raw.githubusercontent.com',
  ),
  imageRepository: optional(
    text(kubernetes.imageRepository),
    "Registry and path that have the plugin's images in place of theirs.",
    "the plugin's own",
  ),
  probeImage: withDefault(
    text(kubernetes.imageName),
    'busybox:1.35',
    'Image of the pods that prove the network and are then removed: it has sh, ping, nc, nslookup, wget and httpd, as busybox has.',
  ),
});

/** `labels` of a host or a group. */
export const labels = section(
  mapOf(kubernetes.labelKey, 'LABEL', text(kubernetes.labelValue)),
  'Labels of the node, if the host is one of Kubernetes.',
);

/** `taints` of a host or a group. */
export const taints = withDefault(
  list(text(kubernetes.taint)),
  [],
  'Taints of the node, which keep pods away that do not tolerate them.',
);

export type RawKubernetes = ValueOf<typeof kubernetesSection>;

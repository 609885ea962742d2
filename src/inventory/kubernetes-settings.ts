/** Signals of kubelet below which it evicts pods, with its own defaults (kubelet's documentation, node-pressure eviction). */
export const EVICTION_DEFAULTS = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
} as const;
export type EvictionSignal = keyof typeof EVICTION_DEFAULTS;

/** Minor versions of Kubernetes that this program knows: 1.5 as the articles have it, 1.37 of 2026-09-15 (kubernetes.io/releases). */
export const OLDEST_MINOR = 5;
export const NEWEST_MINOR = 37;

/** 34 for 1.34 and for 1.34.2. */
export function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

export type ContainerRuntime = 'docker' | 'containerd' | 'cri-dockerd';

/** The components of the control plane that take extra arguments. */
export const CONTROL_PLANE_COMPONENTS = ['apiServer', 'controllerManager', 'scheduler', 'etcd'] as const;
export type ControlPlaneComponent = (typeof CONTROL_PLANE_COMPONENTS)[number];

export interface KubernetesSettings {
  /** Minor or whole version without the v: 1.34, 1.20.2. undefined: the newest minor that this program knows. */
  readonly version: string | undefined;
  /** `upstream` has a repository for each minor; `folder` is on each host. */
  readonly source: 'upstream' | 'distribution' | 'folder';
  /** Base address of a mirror of pkgs.k8s.io; undefined takes the upstream one. */
  readonly repository: string | undefined;
  /** Folder on each host: `packages` is a flat apt repository, `images` holds archives and `index.txt` (NAME FILE lines). */
  readonly folder: string | undefined;
  /** undefined: docker before 1.24, containerd after. */
  readonly runtime: ContainerRuntime | undefined;
  /** HOST[:PORT] by which nodes reach any of the control planes; undefined: a name in /etc/hosts that has all their addresses. */
  readonly controlPlaneEndpoint: string | undefined;
  /** CIDR. */
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsDomain: string;
  /** Registry and path in place of the release's own. */
  readonly imageRepository: string | undefined;
  /** undefined: a control plane is schedulable when its host also has the role worker. */
  readonly schedulableControlPlane: boolean | undefined;
  /** The full set, by signal. */
  readonly evictionHard: Readonly<Record<EvictionSignal, string>>;
  /** Arguments without their leading hyphens, by component. */
  readonly extraArgs: Readonly<Record<ControlPlaneComponent | 'kubelet', ReadonlyMap<string, string>>>;
  /** Further settings of KubeletConfiguration and KubeProxyConfiguration; a dot in a key leads into an object: conntrack.min. */
  readonly kubeletConfig: ReadonlyMap<string, string>;
  readonly proxyConfig: ReadonlyMap<string, string>;
  /** kubeadm's patches of what it makes, by file name: `kube-apiserver+merge.yaml`. */
  readonly patches: ReadonlyMap<string, string>;
  /** Names and addresses besides our own for which the API server's certificate is valid. */
  readonly certificateNames: readonly string[];
}

export type NetworkPlugin = 'flannel' | 'routes' | 'calico' | 'weave' | 'cilium' | 'none';

export interface NetworkSettings {
  readonly plugin: NetworkPlugin;
  /** How flannel and calico carry packets between nodes; undefined: vxlan. */
  readonly backend: 'vxlan' | 'host-gw' | 'udp' | 'ipip' | undefined;
  /** Version of the plugin without the v; undefined: the one that this program knows for the release of Kubernetes. */
  readonly version: string | undefined;
  /** Bytes; undefined: from the interface that holds the private address. */
  readonly mtu: number | undefined;
  /** Base address that replaces the scheme and host from which a plugin's manifests are fetched. */
  readonly manifestMirror: string | undefined;
  /** Registry and path in place of those of the plugin's images. */
  readonly imageRepository: string | undefined;
  /** Image of the probes: has a shell, ping, nc, nslookup, wget and a web server as busybox does. */
  readonly probeImage: string;
}

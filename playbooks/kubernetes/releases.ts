import type { HostFacts } from '../../src/engine/facts.js';
import type { ContainerRuntime, KubernetesSettings } from '../../src/inventory/kubernetes-settings.js';

/** What differs by version of Kubernetes. Minors are numbers: 20 for 1.20. */
export interface KubernetesRelease {
  /** The whole version, 1.20.2, where it is given or installed; undefined: the newest of the minor that the source has. */
  readonly version: string | undefined;
  readonly minor: number;
  /** What kubeadm's configuration is written in; undefined: kubeadm takes flags (1.5). */
  readonly configApi: ConfigApi | undefined;
  readonly runtime: ContainerRuntime;
  /** As kubeadm and kubelet want it; undefined for the Docker that kubelet itself speaks to. */
  readonly criSocket: string | undefined;
  /** Keys of the taints that kubeadm gives a control plane. */
  readonly controlPlaneTaints: readonly string[];
  /** The label by which control planes are known. */
  readonly controlPlaneLabel: string;
  /** kubelet reads /var/lib/kubelet/config.yaml, which kubeadm makes of a KubeletConfiguration. */
  readonly kubeletConfigFile: boolean;
  /** kubeadm takes a KubeProxyConfiguration; before that kube-proxy has flags in its DaemonSet. */
  readonly proxyConfigKind: boolean;
  /** Control planes join with certificates that kubeadm keeps in the cluster, and with the key to them in the configuration. */
  readonly uploadCerts: boolean;
  /** Who joins knows the cluster by the hash of its CA's key. */
  readonly joinHash: boolean;
  readonly rbac: boolean;
  readonly packages: readonly { readonly name: string; readonly version?: string }[];
  /** The configuration names the folder of kubeadm's patches. */
  readonly patchesInConfig: boolean;
  /** The flag that names it before that; undefined where there is none. */
  readonly patchesFlag: '--experimental-patches' | undefined;
  /** Where kubeadm takes its images from by itself. */
  readonly imageRepository: string;
  /** Name and tag, below that, of the image that holds a pod's namespaces. */
  readonly pauseImage: string;
  /** What kubelet takes when nobody tells it. */
  readonly cgroupDriver: 'systemd' | 'cgroupfs';
}

/** Versions of kubeadm.k8s.io. */
export type ConfigApi = 'v1alpha1' | 'v1alpha2' | 'v1alpha3' | 'v1beta1' | 'v1beta2' | 'v1beta3' | 'v1beta4';

export interface KubernetesRepository {
  readonly uri: string;
  /** `/` and `./` are folders without components. */
  readonly suite: string;
  readonly components: readonly string[];
  /** undefined: apt must trust the one of that time already, or needs none. */
  readonly key: RepositoryKey | undefined;
  /** apt installs from it without a signature: a folder that the operator put on the host. */
  readonly trusted: boolean;
}

export interface RepositoryKey {
  readonly url: string;
  /** In capitals, without spaces. */
  readonly fingerprint: string;
}

/** Output of the task that installs the packages: kubeadm's own version, v1.20.2. */
export const VERSION = 'kubernetes-version';

/** The first minor that kubeadm made, as far as its flags are those of the articles. */
export const OLDEST = 5;
/** kubernetes.io/releases: 1.37.1 is of 2026-09-15. */
export const NEWEST = 37;

/** Packages by minor are at pkgs.k8s.io from 1.24 on; apt.kubernetes.io with the earlier ones is gone (kubernetes/release#3485). */
const FIRST_UPSTREAM = 24;
const UPSTREAM = 'https://pkgs.k8s.io';
/** `isv:kubernetes OBS Project`, which signs every minor; its end is put off from time to time, so its text is no constant. */
const UPSTREAM_KEY = 'DE15B14486CD377B9E876E1A234654DA9A296436';
/** The suite of apt.kubernetes.io that its mirrors still have. */
const OLD_SUITE = 'kubernetes-xenial';
/** Packages of these two that any kubelet since then goes with; before, kubelet names the one version it wants. */
const FIRST_FREE_TOOLS = 19;
/** The packages of 1.5 have a kubeadm of the next release's beginning (components.md, error 7). */
const KUBEADM_OF_1_5 = '1.6.0-alpha.0*';

/** Kubernetes without the Docker in kubelet (kubernetes.io/dockershim). */
const FIRST_WITHOUT_DOCKERSHIM = 24;
/** kubeadm tells kubelet of another runtime than Docker (kubeadm-flags.env). */
const FIRST_CRI = 11;
const FIRST_IMAGE_REPOSITORY = 8;
/** As a flag; the configuration has them since v1beta3. */
const FIRST_PATCHES = 19;
/** kubelet refuses cgroup v1 unless `failCgroupV1: false` (KEP-5573). */
const FIRST_WITHOUT_CGROUP_V1 = 35;
/** `certificateKey` came with v1beta2; 1.14 has it as a flag alone, which no configuration goes with. */
const FIRST_UPLOAD_CERTS = 15;

/** The API that each minor's kubeadm writes (cmd/kubeadm/app/apis/kubeadm/*); each also reads the one before. */
const CONFIG_APIS: readonly (readonly [from: number, api: ConfigApi])[] = [
  [31, 'v1beta4'],
  [22, 'v1beta3'],
  [15, 'v1beta2'],
  [13, 'v1beta1'],
  [12, 'v1alpha3'],
  [11, 'v1alpha2'],
  [6, 'v1alpha1'],
];

/** `PauseVersion` of cmd/kubeadm/app/constants; before 1.12 the name has the architecture. */
const PAUSE_IMAGES: readonly (readonly [from: number, image: string])[] = [
  [36, 'pause:3.10.2'],
  [34, 'pause:3.10.1'],
  [31, 'pause:3.10'],
  [26, 'pause:3.9'],
  [25, 'pause:3.8'],
  [24, 'pause:3.7'],
  [23, 'pause:3.6'],
  [22, 'pause:3.5'],
  [21, 'pause:3.4.1'],
  [18, 'pause:3.2'],
  [12, 'pause:3.1'],
  [10, 'pause-amd64:3.1'],
  [OLDEST, 'pause-amd64:3.0'],
];

const MASTER = 'node-role.kubernetes.io/master';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

type KnownFacts = Pick<HostFacts, 'packages'>;

/** What the settings mean, on a cluster whose first control plane is like this. */
export function kubernetesRelease(settings: KubernetesSettings, facts?: KnownFacts): KubernetesRelease {
  const version = wholeVersion(settings, facts);
  const minor = minorOf(settings.version ?? version ?? `1.${NEWEST}`);
  const runtime = settings.runtime ?? (minor < FIRST_WITHOUT_DOCKERSHIM ? 'docker' : 'containerd');
  return {
    version,
    minor,
    configApi: since(CONFIG_APIS, minor),
    runtime,
    criSocket: criSocket(runtime, minor),
    controlPlaneTaints: controlPlaneTaints(minor),
    controlPlaneLabel: controlPlaneLabel(minor),
    kubeletConfigFile: minor >= 11,
    proxyConfigKind: minor >= 9,
    uploadCerts: minor >= FIRST_UPLOAD_CERTS,
    joinHash: minor >= 8,
    rbac: minor >= 6,
    packages: packagesOf(settings, minor),
    patchesInConfig: minor >= 22,
    patchesFlag: minor >= FIRST_PATCHES && minor < 22 ? '--experimental-patches' : undefined,
    imageRepository: imageRepository(minor, settings.version),
    pauseImage: since(PAUSE_IMAGES, minor) ?? 'pause:3.9',
    cgroupDriver: minor >= 22 ? 'systemd' : 'cgroupfs',
  };
}

/** Why these settings cannot be had on this host, and what can. */
export function releaseProblem(
  settings: KubernetesSettings,
  facts: Pick<HostFacts, 'packages' | 'os' | 'cgroup'>,
  controlPlanes = 1,
): string | undefined {
  const release = kubernetesRelease(settings, facts);
  return (
    versionProblem(settings, release) ??
    sourceProblem(settings, release, facts) ??
    runtimeProblem(settings, release, facts) ??
    imageProblem(settings, release) ??
    patchesProblem(settings, release) ??
    cgroupProblem(settings, release, facts) ??
    membersProblem(release, controlPlanes)
  );
}

/** Where the packages come from; undefined: the host's own sources have them. */
export function kubernetesRepository(
  settings: KubernetesSettings,
  { minor }: Pick<KubernetesRelease, 'minor'>,
): KubernetesRepository | undefined {
  if (settings.source === 'distribution') return undefined;
  if (settings.source === 'folder') {
    const uri = `file:${withoutSlash(settings.folder ?? '')}/packages`;
    return { uri, suite: './', components: [], key: undefined, trusted: true };
  }
  const base = withoutSlash(settings.repository ?? UPSTREAM);
  if (minor < FIRST_UPSTREAM) {
    return { uri: base, suite: OLD_SUITE, components: ['main'], key: undefined, trusted: false };
  }
  const uri = `${base}/core:/stable:/v1.${minor}/deb`;
  const key = { url: `${uri}/Release.key`, fingerprint: UPSTREAM_KEY };
  return { uri: `${uri}/`, suite: '/', components: [], key, trusted: false };
}

/** 1.20.2-00 is 1.20.2. kubelet tells, since the kubeadm of 1.5 is of another version. */
function installedVersion(facts: KnownFacts | undefined): string | undefined {
  return /^1\.\d+\.\d+/.exec(facts?.packages['kubelet'] ?? '')?.[0];
}

/** What is installed is kept where the inventory says no other. */
function wholeVersion({ version }: KubernetesSettings, facts: KnownFacts | undefined): string | undefined {
  if (version !== undefined && version.split('.').length > 2) return version;
  const installed = installedVersion(facts);
  return version === undefined || installed?.startsWith(`${version}.`) === true ? installed : undefined;
}

function minorOf(version: string): number {
  return Number(version.split('.')[1]);
}

function since<T>(table: readonly (readonly [from: number, value: T])[], minor: number): T | undefined {
  return table.find(([from]) => minor >= from)?.[1];
}

/** Before 1.24 it is a path, from then on an address. */
function criSocket(runtime: ContainerRuntime, minor: number): string | undefined {
  if (runtime === 'docker') return undefined;
  const path = runtime === 'containerd' ? '/run/containerd/containerd.sock' : '/run/cri-dockerd.sock';
  return minor < FIRST_WITHOUT_DOCKERSHIM ? path : `unix://${path}`;
}

/** KEP-2067. */
function controlPlaneTaints(minor: number): readonly string[] {
  if (minor < 6) return ['dedicated'];
  if (minor < 24) return [MASTER];
  return minor === 24 ? [CONTROL_PLANE, MASTER] : [CONTROL_PLANE];
}

function controlPlaneLabel(minor: number): string {
  if (minor < 6) return 'kubeadm.alpha.kubernetes.io/role';
  return minor < 20 ? MASTER : CONTROL_PLANE;
}

/** A version, or the beginning of one, as the beginning of a package's version: 1.34.1-1.1, 1.20.2-00. */
function packagesOf({ version, source }: KubernetesSettings, minor: number): KubernetesRelease['packages'] {
  const pattern =
    version === undefined && source === 'distribution'
      ? undefined
      : version !== undefined && version.split('.').length > 2
        ? `${version}-*`
        : `1.${minor}.*`;
  const tools = minor < FIRST_FREE_TOOLS ? [] : [{ name: 'cri-tools' }, { name: 'kubernetes-cni' }];
  return [
    pin('kubeadm', minor === 5 ? KUBEADM_OF_1_5 : pattern),
    pin('kubelet', pattern),
    pin('kubectl', pattern),
    ...tools,
  ];
}

function pin(name: string, version: string | undefined): { name: string; version?: string } {
  return version === undefined ? { name } : { name, version };
}

/** Patches of these minors brought the registry that replaced k8s.gcr.io (kubernetes#113388 and its cherry-picks). */
const FIRST_NEW_REGISTRY: Readonly<Record<number, number>> = { 22: 17, 23: 15, 24: 9 };

function imageRepository(minor: number, version: string | undefined): string {
  if (minor < 10) return 'gcr.io/google_containers';
  const first = FIRST_NEW_REGISTRY[minor] ?? (minor < 22 ? Infinity : 0);
  const patch = Number(version?.split('.')[2] ?? Infinity);
  return Number.isFinite(first) && patch >= first ? 'registry.k8s.io' : 'k8s.gcr.io';
}

function versionProblem({ version, source }: KubernetesSettings, { minor }: KubernetesRelease) {
  if (minor < OLDEST || minor > NEWEST) {
    return `Kubernetes ${version ?? `1.${minor}`} is not among the releases that this program knows, 1.${OLDEST} to 1.${NEWEST}. Set kubernetes.version to one of them.`;
  }
  if (version === undefined && source === 'folder') {
    return 'The folder of packages does not tell the version of Kubernetes. Set kubernetes.version to the one that it has.';
  }
  return undefined;
}

function sourceProblem(
  { source, repository, folder }: KubernetesSettings,
  { minor }: KubernetesRelease,
  { os, packages }: Pick<HostFacts, 'packages' | 'os'>,
): string | undefined {
  if (source === 'folder' && folder === undefined) {
    return 'kubernetes.source is folder, but kubernetes.folder does not name it. Set it to the folder on the hosts that has packages and images.';
  }
  if (source === 'upstream' && minor < FIRST_UPSTREAM && repository === undefined) {
    return `Kubernetes 1.${minor} came from https://apt.kubernetes.io, which no longer exists; ${UPSTREAM} begins with 1.${FIRST_UPSTREAM}. Set kubernetes.repository to a mirror of the former (with the suite ${OLD_SUITE}), kubernetes.source to folder, or kubernetes.version to 1.${FIRST_UPSTREAM} or later.`;
  }
  if (source === 'distribution' && packages['kubeadm'] === undefined) {
    return `${os.id} has no packages of kubeadm and kubelet (Debian has kubernetes-client alone), and none are installed. Set kubernetes.source to upstream or folder.`;
  }
  return undefined;
}

function runtimeProblem(
  { source, repository }: KubernetesSettings,
  { runtime, minor }: KubernetesRelease,
  { packages }: Pick<HostFacts, 'packages'>,
): string | undefined {
  if (runtime === 'docker' && minor >= FIRST_WITHOUT_DOCKERSHIM) {
    return `kubelet 1.${minor} does not speak to Docker itself: its dockershim went with 1.24. Set kubernetes.runtime to containerd, or to cri-dockerd.`;
  }
  if (runtime === 'cri-dockerd' && minor < FIRST_WITHOUT_DOCKERSHIM) {
    return `kubelet 1.${minor} speaks to Docker itself; cri-dockerd is for 1.24 and later. Set kubernetes.runtime to docker.`;
  }
  const nowhere = source === 'upstream' && repository === undefined;
  if (runtime === 'cri-dockerd' && nowhere && packages['cri-dockerd'] === undefined) {
    return `${UPSTREAM} has no package of cri-dockerd, whose releases are files at https://github.com/Mirantis/cri-dockerd/releases. Put its package into a folder and set kubernetes.source to folder, set kubernetes.repository to a mirror that has it, or set kubernetes.runtime to containerd.`;
  }
  if (runtime === 'containerd' && minor < FIRST_CRI) {
    return `kubeadm 1.${minor} makes nodes with Docker alone; containerd is for 1.${FIRST_CRI} and later. Set kubernetes.runtime to docker.`;
  }
  return undefined;
}

/** kubeadm 1.8 has `imageRepository`; before, it takes a variable of its environment, and kubelet and the add-ons have names of their own. */
function imageProblem({ imageRepository: own }: KubernetesSettings, { minor }: KubernetesRelease) {
  if (own === undefined || minor >= FIRST_IMAGE_REPOSITORY) return undefined;
  return `kubeadm 1.${minor} takes its images from gcr.io/google_containers alone. Leave kubernetes.imageRepository out, and bring the images in kubernetes.folder.`;
}

function patchesProblem(
  { patches }: KubernetesSettings,
  { minor, patchesInConfig, patchesFlag }: KubernetesRelease,
) {
  if (patches.size === 0 || patchesInConfig || patchesFlag !== undefined) return undefined;
  return `kubeadm 1.${minor} takes no patches: they came with 1.${FIRST_PATCHES}. Leave kubernetes.patches out; kubernetes.extraArgs says much of the same.`;
}

function cgroupProblem(
  { kubeletConfig }: KubernetesSettings,
  { minor }: KubernetesRelease,
  { cgroup }: Pick<HostFacts, 'cgroup'>,
): string | undefined {
  if (minor < FIRST_WITHOUT_CGROUP_V1 || cgroup === 'v2') return undefined;
  if (kubeletConfig.get('failCgroupV1') === 'false') return undefined;
  return `kubelet 1.${minor} does not start on a host with cgroup v1. Start the host with systemd.unified_cgroup_hierarchy=1 on the kernel's command line, set failCgroupV1: false under kubernetes.kubeletConfig, or set kubernetes.version to 1.34.`;
}

function membersProblem({ minor }: KubernetesRelease, controlPlanes: number): string | undefined {
  if (controlPlanes < 2 || minor >= FIRST_UPLOAD_CERTS) return undefined;
  return `kubeadm 1.${minor} does not hand a cluster's certificates to further control planes, and ${controlPlanes} hosts have that role. Give it to one host, or set kubernetes.version to 1.${FIRST_UPLOAD_CERTS} or later.`;
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

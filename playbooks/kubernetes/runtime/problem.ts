import type { HostFacts } from '../../../src/engine/facts.js';
import type { DockerSettings } from '../../../src/inventory/inventory.js';
import { isBefore } from '../../docker/releases.js';
import type { KubernetesRelease } from '../releases.js';

/** Versions, as far as they are known before anything is installed. */
export interface RuntimeVersions {
  readonly docker: string | undefined;
  readonly containerd: string | undefined;
}

/** Engines from this one on speak no API before 1.44 (docs.docker.com, Engine 29 release notes), which is younger than the last kubelet with a dockershim. */
const FIRST_WITHOUT_OLD_API = 29;
/** containerd before it has no `config_path` for registries. */
const OLDEST_CONTAINERD = [1, 5] as const;
/** kubelet 1.26 speaks CRI v1 alone, which came with containerd 1.6 (kubernetes.io/blog/2022/11/18). */
const FIRST_CRI_V1 = 26;
const FIRST_WITH_CRI_V1 = [1, 6] as const;
/** kubelet 1.35 is the last that goes with containerd 1.x (kubernetes.io/blog/2025/09/12/kubernetes-v1-34-cri-cgroup-driver-lookup-now-ga). */
const FIRST_WITHOUT_CONTAINERD_1 = 36;

/** In the newest updates of Debian, which Docker of the distribution brings along (packages.debian.org). */
const DEBIAN_CONTAINERD: Readonly<Record<string, string>> = {
  buster: '1.2',
  bullseye: '1.4',
  bookworm: '1.6',
  trixie: '1.7',
};

/** The version that a host has, or will have when Docker is installed; undefined when that cannot be told. */
export function containerdVersion(
  { source }: Pick<DockerSettings, 'source'>,
  { os, runtimes }: Pick<HostFacts, 'os' | 'runtimes'>,
): string | undefined {
  if (runtimes.containerd !== undefined) return runtimes.containerd;
  return source === 'distribution' && os.id === 'debian' ? DEBIAN_CONTAINERD[os.codename ?? ''] : undefined;
}

/** Why kubelet and this runtime do not go together, and what does. */
export function runtimeProblem(
  { runtime, minor }: Pick<KubernetesRelease, 'runtime' | 'minor'>,
  versions: RuntimeVersions,
): string | undefined {
  return runtime === 'containerd'
    ? containerdProblem(minor, versions)
    : dockerProblem(runtime, minor, versions);
}

function dockerProblem(runtime: string, minor: number, { docker }: RuntimeVersions): string | undefined {
  if (runtime !== 'docker' || docker === undefined || isBefore(docker, [FIRST_WITHOUT_OLD_API, 0]))
    return undefined;
  return `Docker ${docker} speaks no API before 1.44, and kubelet 1.${minor} was made for older ones ("client version is too old"). Set docker.version to 28 or before, or kubernetes.runtime to containerd.`;
}

function containerdProblem(minor: number, { containerd }: RuntimeVersions): string | undefined {
  if (containerd === undefined) return undefined;
  const newer =
    'Set docker.source to docker-ce, whose containerd.io is newer, or upgrade the package containerd on this host.';
  if (isBefore(containerd, OLDEST_CONTAINERD)) {
    return `containerd ${containerd} is older than 1.5, whose configuration this program writes. ${newer}`;
  }
  if (minor >= FIRST_CRI_V1 && isBefore(containerd, FIRST_WITH_CRI_V1)) {
    return `kubelet 1.${minor} speaks CRI v1, which containerd ${containerd} does not: it came with 1.6. ${newer} Or set kubernetes.version to 1.${FIRST_CRI_V1 - 1}.`;
  }
  if (minor >= FIRST_WITHOUT_CONTAINERD_1 && isBefore(containerd, [2, 0])) {
    return `kubelet 1.${minor} needs containerd 2, and this is ${containerd}. ${newer} Or set kubernetes.version to 1.${FIRST_WITHOUT_CONTAINERD_1 - 1}.`;
  }
  return undefined;
}

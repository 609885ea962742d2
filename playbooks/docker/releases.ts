import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';

/** Where an engine of some version comes from on some system, and what differs by version. */
export interface DockerRelease {
  /** The engine's version, or the beginning of it; undefined: a current one. */
  readonly engine: string | undefined;
  readonly packages: readonly { readonly name: string; readonly version?: string }[];
  /** undefined: the distribution's own sources have it. */
  readonly repository: DockerRepository | undefined;
  /** The key of daemon.json for the data root, and the one that must not be there. */
  readonly rootKey: 'data-root' | 'graph';
  readonly wrongRootKey: 'data-root' | 'graph';
}

export interface DockerRepository {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
  /** The public key, in ASCII armor; undefined: apt must trust the one of that time already. */
  readonly key: string | undefined;
}

type Numbers = readonly [major: number, minor: number];

/** `data-root` came with 17.05 as the new name of `graph`, which 23.0 refuses (docs.docker.com/engine/deprecated). */
const FIRST_DATA_ROOT: Numbers = [17, 5];
/** Packages named docker-ce, at download.docker.com; before it docker-engine, at apt.dockerproject.org. */
const FIRST_DOCKER_CE: Numbers = [17, 3];
/** The command line and containerd became packages of their own. */
const FIRST_SPLIT: Numbers = [18, 9];

/** What download.docker.com and its mirrors have as linux/debian/gpg; 9DC8 5822 9FC7 DD38 854A E2D8 8D81 803C 0EBF CD88. */
const DOCKER_CE_KEY = readFileSync(new URL('./docker-ce.asc', import.meta.url), 'utf8');
const DOCKER_CE = 'https://download.docker.com/linux';
/** Gone since 2020 (moby#40376): it needs a mirror, named in docker.repository. */
const DOCKER_PROJECT = 'https://apt.dockerproject.org/repo';

/** Engines of docker.io in the distributions' newest updates (packages.debian.org, packages.ubuntu.com). */
const DISTRIBUTION_ENGINES: Readonly<Record<string, string>> = {
  trusty: '18.06',
  xenial: '18.09',
  bionic: '20.10',
  buster: '18.09',
  bullseye: '20.10',
  bookworm: '20.10',
  trixie: '26.1',
};
/** Debian releases before docker-cli was split off docker.io; Ubuntu has not split it. */
const WITH_CLI = ['jessie', 'stretch', 'buster', 'bullseye', 'bookworm'];

/** What the settings mean on a host. */
export function dockerRelease(
  settings: DockerSettings,
  facts: Pick<HostFacts, 'os' | 'runtimes'>,
): DockerRelease {
  const { os, runtimes } = facts;
  const { version, source } = settings;
  const pinned = version === undefined ? undefined : withoutEpoch(version);
  const engine =
    pinned ??
    (source === 'distribution' ? DISTRIBUTION_ENGINES[os.codename ?? ''] : undefined) ??
    runtimes.docker;
  const old = engine !== undefined && isBefore(engine, FIRST_DATA_ROOT);
  return {
    engine,
    packages: source === 'distribution' ? distributionPackages(os, version) : upstreamPackages(version),
    repository: source === 'distribution' ? undefined : repository(settings, os),
    rootKey: old ? 'graph' : 'data-root',
    wrongRootKey: old ? 'data-root' : 'graph',
  };
}

/** Why these settings cannot be had on this host, and what can. */
export function releaseProblem(settings: DockerSettings, { os }: Pick<HostFacts, 'os'>): string | undefined {
  const { source, version } = settings;
  if (source === 'distribution') return undefined;
  if (os.codename === undefined) {
    return `The codename of ${os.id} cannot be told from /etc/os-release, and docker-ce has a suite for each. Set docker.source to distribution.`;
  }
  if (version === undefined || !isBefore(withoutEpoch(version), FIRST_DOCKER_CE)) return undefined;
  if (settings.repository !== undefined) return undefined;
  return `Docker ${version} came from ${DOCKER_PROJECT}, which no longer exists. Set docker.repository to a mirror of it, or docker.version to 17.03 or later.`;
}

function distributionPackages(os: HostFacts['os'], version: string | undefined): DockerRelease['packages'] {
  const ownCli = os.id === 'debian' && !WITH_CLI.includes(os.codename ?? '');
  return [pin('docker.io', version), ...(ownCli ? [pin('docker-cli', version)] : [])];
}

function upstreamPackages(version: string | undefined): DockerRelease['packages'] {
  const engine = version === undefined ? undefined : withoutEpoch(version);
  if (engine !== undefined && isBefore(engine, FIRST_DOCKER_CE)) return [pin('docker-engine', engine)];
  if (engine !== undefined && isBefore(engine, FIRST_SPLIT)) return [pin('docker-ce', engine)];
  return [pin('docker-ce', engine), pin('docker-ce-cli', engine), { name: 'containerd.io' }];
}

/** The version is the beginning of a package's version; its epoch need not be there. */
function pin(name: string, version: string | undefined): { name: string; version?: string } {
  return version === undefined ? { name } : { name, version: `${version}*` };
}

function repository({ version, repository: mirror }: DockerSettings, os: HostFacts['os']): DockerRepository {
  const id = os.id === 'ubuntu' || os.like.includes('ubuntu') ? 'ubuntu' : 'debian';
  const suite = os.codename ?? '';
  if (version !== undefined && isBefore(withoutEpoch(version), FIRST_DOCKER_CE)) {
    const uri = withoutSlash(mirror ?? DOCKER_PROJECT);
    return { uri, suite: `${id}-${suite}`, component: 'main', key: undefined };
  }
  const uri = `${withoutSlash(mirror ?? DOCKER_CE)}/${id}`;
  return {
    uri,
    suite,
    component: 'stable',
    key: DOCKER_CE_KEY,
  };
}

/** Is a version, or the beginning of one, older than this major and minor number? */
export function isBefore(version: string, [major, minor]: Numbers): boolean {
  const [first = 0, second = 0] = version.split(/[^\d]+/).map(Number);
  return first < major || (first === major && second < minor);
}

/** `5:24.0.7-1` is 24.0.7-1 for everyone but dpkg. */
export function withoutEpoch(version: string): string {
  return version.replace(/^\d+:/, '');
}

function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

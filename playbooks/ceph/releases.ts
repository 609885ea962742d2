import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import { CEPH_RELEASES } from '../../src/inventory/ceph-settings.js';
import type { CephReleaseName, CephSettings, ObjectStore } from '../../src/inventory/ceph-settings.js';
import { releaseConflict } from '../../src/inventory/compatibility-ceph.js';
import type { Host } from '../../src/inventory/inventory.js';
import { isDevice } from './members.js';

/** What differs by release. */
export interface CephRelease {
  readonly name: CephReleaseName;
  /** The first number of its versions. */
  readonly number: number;
  /** OSDs can keep objects as files of a file system; up to quincy (docs.ceph.com filestore-config-ref). */
  readonly filestore: boolean;
  /** What a device becomes when the inventory does not say. */
  readonly defaultStore: ObjectStore;
  /** `ceph-disk` is there; nautilus removed it. */
  readonly cephDisk: boolean;
  /** There are manager daemons, and a cluster needs one. */
  readonly mgr: boolean;
  /** Monitors also listen on port 3300. */
  readonly msgr2: boolean;
  /** Pools want an application: `ceph osd pool application enable`. */
  readonly application: boolean;
  /** `profile rbd` in the rights of a client. */
  readonly profiles: boolean;
  /** `ceph osd new` registers an OSD with its key; before, `ceph osd create` and `ceph auth add`. */
  readonly osdNew: boolean;
  /** What the command that shuts a client out is called: `ceph osd blacklist` or `ceph osd blocklist`. */
  readonly blocklist: 'blacklist' | 'blocklist';
  /** `ceph osd pool create` must be told a number of placement groups. */
  readonly needsPgNum: boolean;
  /** Version of ceph-deploy that fits; undefined: none does. */
  readonly cephDeploy: string | undefined;
}

/** What only data can tell about a release. */
interface Row {
  readonly number: number;
  readonly cephDeploy?: string;
  /** Codenames of the systems whose own packages are this release. */
  readonly distributions: readonly string[];
  /** Suites under download.ceph.com/debian-NAME. */
  readonly upstream: readonly string[];
}

/**
 * Distributions: packages.debian.org/ceph-base and packages.ubuntu.com/ceph, newest updates of each.
 * Upstream: seen in use in public Dockerfiles and roles for luminous, octopus, squid (none for noble) and tentacle; the others as
 * generally known, not looked up at download.ceph.com. A mirror may have more, so that one named in ceph.repository is not refused.
 * ceph-deploy: its changelog. 1.5.39 is the last that works with ceph-disk, 2.0.1 the newest at PyPI; 2.1.0, a tag of its
 * repository, differs from it by what newer Pythons need. It was seen to work with 16.2 and asks nothing that 17.2 changed; it
 * was given up before 18.2.
 */
const ROWS: Readonly<Record<CephReleaseName, Row>> = {
  jewel: {
    number: 10,
    cephDeploy: '1.5.39',
    distributions: ['xenial', 'stretch'],
    upstream: ['jessie', 'trusty', 'xenial'],
  },
  luminous: {
    number: 12,
    cephDeploy: '2.0.1',
    distributions: ['buster', 'bionic'],
    upstream: ['jessie', 'stretch', 'trusty', 'xenial', 'bionic'],
  },
  mimic: { number: 13, cephDeploy: '2.0.1', distributions: [], upstream: ['xenial', 'bionic'] },
  nautilus: {
    number: 14,
    cephDeploy: '2.0.1',
    distributions: ['bullseye'],
    upstream: ['stretch', 'buster', 'xenial', 'bionic'],
  },
  octopus: {
    number: 15,
    cephDeploy: '2.0.1',
    distributions: ['focal'],
    upstream: ['buster', 'bullseye', 'bionic', 'focal'],
  },
  pacific: {
    number: 16,
    cephDeploy: '2.0.1',
    distributions: ['bookworm'],
    upstream: ['buster', 'bullseye', 'bionic', 'focal'],
  },
  quincy: {
    number: 17,
    cephDeploy: '2.0.1',
    distributions: ['jammy'],
    upstream: ['bullseye', 'focal', 'jammy'],
  },
  reef: { number: 18, distributions: ['trixie'], upstream: ['bullseye', 'bookworm', 'focal', 'jammy'] },
  squid: { number: 19, distributions: ['noble', 'plucky', 'questing'], upstream: ['bookworm', 'jammy'] },
  tentacle: {
    number: 20,
    distributions: ['sid', 'forky', 'resolute'],
    upstream: ['bookworm', 'jammy', 'noble'],
  },
};

const LUMINOUS = 12;
const NAUTILUS = 14;
const OCTOPUS = 15;
const PACIFIC = 16;
const QUINCY = 17;

/** Used to plan for a host that could not be asked: what Debian 12 has. */
const UNTOLD: CephReleaseName = 'pacific';

/** Why this system cannot have what the inventory asks for is `releaseProblem`'s to say; here it is taken at its word. */
export function cephRelease(settings: CephSettings, facts: Pick<HostFacts, 'os'> | undefined): CephRelease {
  const name = settings.release ?? releaseOfDistribution(facts?.os.codename) ?? UNTOLD;
  return releaseCalled(name);
}

/** What differs in this release. */
export function releaseCalled(name: CephReleaseName): CephRelease {
  const { number, cephDeploy } = ROWS[name];
  return {
    name,
    number,
    filestore: number <= QUINCY,
    defaultStore: number < LUMINOUS ? 'filestore' : 'bluestore',
    cephDisk: number < NAUTILUS,
    mgr: number >= LUMINOUS,
    msgr2: number >= NAUTILUS,
    application: number >= LUMINOUS,
    profiles: number >= LUMINOUS,
    osdNew: number >= LUMINOUS,
    blocklist: number < PACIFIC ? 'blacklist' : 'blocklist',
    needsPgNum: number < OCTOPUS,
    cephDeploy,
  };
}

/** Release of a system's own packages; undefined: not known. */
export function releaseOfDistribution(codename: string | undefined): CephReleaseName | undefined {
  return CEPH_RELEASES.find((name) => codename !== undefined && ROWS[name].distributions.includes(codename));
}

/** How the objects of an OSD are kept: in a directory as files while the release can, on a device as the release likes it. */
export function storeOf({ store }: CephSettings, release: CephRelease, osd: string): ObjectStore {
  if (store !== undefined) return store;
  return !isDevice(osd) && release.filestore ? 'filestore' : release.defaultStore;
}

/** Where the packages of download.ceph.com are found. */
export interface CephRepository {
  /** Without a slash at its end. */
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
  /** The public key, in ASCII armor. */
  readonly key: string;
}

const CEPH_COM = 'https://download.ceph.com';
/** What download.ceph.com and its mirrors have as keys/release.asc since 2015; 08B7 3419 AC32 B4E9 66C1 A330 E84A C2C0 460F 3994. */
const RELEASE_KEY = readFileSync(new URL('./ceph-release.asc', import.meta.url), 'utf8');

/** undefined: the distribution's own sources have the packages. */
export function cephRepository(
  { source, repository }: CephSettings,
  { name }: CephRelease,
  { os }: Pick<HostFacts, 'os'>,
): CephRepository | undefined {
  if (source === 'distribution') return undefined;
  return {
    uri: `${(repository ?? CEPH_COM).replace(/\/+$/, '')}/debian-${name}`,
    suite: os.codename ?? '',
    component: 'main',
    key: RELEASE_KEY,
  };
}

/**
 * Why these settings cannot be had on this host, and what can.
 * @param release what the admin host has
 * @param hosts all hosts, for what roles and OSDs want
 */
export function releaseProblem(
  settings: CephSettings,
  facts: Pick<HostFacts, 'os'>,
  release: CephRelease = cephRelease(settings, facts),
  hosts: readonly Host[] = [],
): string | undefined {
  return sourceProblem(settings, facts.os, release) ?? releaseConflict(release.name, settings, hosts);
}

function sourceProblem(
  settings: CephSettings,
  os: HostFacts['os'],
  release: CephRelease,
): string | undefined {
  const { codename } = os;
  if (codename === undefined)
    return `The codename of ${os.id} cannot be told from /etc/os-release, and which packages of Ceph there are goes by it. provision knows Debian and Ubuntu.`;
  if (settings.source === 'ceph.com') return upstreamProblem(settings, codename, release.name);
  const own = releaseOfDistribution(codename);
  if (own === release.name) return undefined;
  const instead = `Set ceph.source to ceph.com, which has ${release.name} for ${listed(ROWS[release.name].upstream)}`;
  if (own === undefined)
    return `Which release of Ceph the packages of ${codename} are is not known. ${instead}; or use ${listed(ownSystems(release.name))}.`;
  return settings.release === undefined
    ? `The packages of ${codename} are Ceph ${own}, those of the admin host ${release.name}: one cluster has one release. Use one distribution for all hosts of Ceph, or set ceph.source to ceph.com with a ceph.release that both have.`
    : `The packages of ${codename} are Ceph ${own}, and ceph.release asks for ${release.name}. Set ceph.release to ${own}, or leave it out. ${instead}.`;
}

function upstreamProblem(
  settings: CephSettings,
  codename: string,
  name: CephReleaseName,
): string | undefined {
  // What a mirror has beside is for who named it to know.
  if (settings.repository !== undefined || ROWS[name].upstream.includes(codename)) return undefined;
  const others = CEPH_RELEASES.filter((other) => ROWS[other].upstream.includes(codename));
  const has =
    others.length === 0
      ? `nothing for ${codename}: set ceph.source to distribution`
      : `${listed(others)} for ${codename}`;
  return `download.ceph.com is not known to have ${name} for ${codename}. It has ${has}. A mirror that has more is named in ceph.repository.`;
}

function ownSystems(name: CephReleaseName): readonly string[] {
  const { distributions, upstream } = ROWS[name];
  return distributions.length > 0 ? distributions : upstream;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

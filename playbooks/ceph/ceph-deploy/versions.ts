/** What `pip install --require-hashes` takes, and what is changed in the installed copy. */
export interface CephDeployVersion {
  readonly version: string;
  /** Installed first: what builds and starts the rest. */
  readonly tools: string;
  readonly packages: string;
  readonly patches: readonly Patch[];
}

/** A change to a file of the installed copy, made only when the file is the one that we know. */
export interface Patch {
  /** In the folder of the installed packages. */
  readonly file: string;
  /** SHA-256 of the file as it was released. */
  readonly original: string;
  /** A program of sed. */
  readonly change: string;
  /** SHA-256 of what must come of it. */
  readonly patched: string;
}

interface Pin {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** Versions of Python that it is for; all when undefined. */
  readonly python?: '>= "3.8"' | '< "3.8"';
}

/** The last ones that have `pkg_resources`, by which ceph-deploy finds its commands, and fit the Pythons of its time. */
const TOOLS: readonly Pin[] = [
  {
    name: 'setuptools',
    version: '75.3.2',
    python: '>= "3.8"',
    sha256: '90ab613b6583fc02d5369cbca13ea26ea0e182d1df2d943ee9cbe81d4c61add9',
  },
  {
    name: 'setuptools',
    version: '50.3.2',
    python: '< "3.8"',
    sha256: '2c242a0856fbad7efbe560df4a7add9324f340cf48df43651e9604924466794a',
  },
];

/**
 * ceph-deploy carries a remoto and an execnet of 2016, which Python 3.11 cannot load; it is installed without them. remoto
 * 0.0.35 is the last that hands on bytes as ceph-deploy expects them: pitfall ceph-deploy-python38.
 */
const REMOTE: readonly Pin[] = [
  {
    name: 'execnet',
    version: '2.1.1',
    python: '>= "3.8"',
    sha256: '26dee51f1b80cebd6d0ca8e74dd8745419761d3bef34163928cbebbdc4749fdc',
  },
  {
    name: 'execnet',
    version: '1.9.0',
    python: '< "3.8"',
    sha256: 'a295f7cc774947aac58dde7fdc85f4aa00c42adf5d8f5468fc630c1acf30a142',
  },
  {
    name: 'remoto',
    version: '0.0.35',
    sha256: '4a681de4353d7a0d297d233058712d0ceb80e98216731db1f151b3588f20290c',
  },
];

/** Python 3.8 has no platform.linux_distribution; told nothing, ceph-deploy reads /etc/os-release itself. */
const LINUX_DISTRIBUTION: Patch = {
  file: 'ceph_deploy/hosts/remotes.py',
  original: '4141af59802bd2fbcc5c87813cc9bd14e3f0d5a4491482c1077eefaf3b987fa1',
  change:
    "s/ or platform\\.linux_distribution$/ or getattr(platform, 'linux_distribution', lambda: ('', '', ''))/",
  patched: '6373f6914f2416caed861ad96afc73904be0a9cdf1f98dbe9c699802a4af2d49',
};

/** 1.5.39 is for hosts whose Python is older than 3.8. */
const RELEASED: Readonly<Record<string, { readonly sha256: string; readonly patches: readonly Patch[] }>> = {
  '2.0.1': {
    sha256: 'aa34fa0ef75946d4aff63dbe639c7add4034b90b974954c7bde54fb4fc0817e5',
    patches: [LINUX_DISTRIBUTION],
  },
  '1.5.39': { sha256: '03729b363329f611a0da5e7fc5d0eff1fd585089ef96ab7e59943aa265e5993e', patches: [] },
};

/** @throws RangeError for a version of which no checksum is recorded. */
export function cephDeployVersion(version: string): CephDeployVersion {
  const released = RELEASED[version];
  if (released === undefined) throw new RangeError(`no checksum of ceph-deploy ${version} is recorded`);
  const { sha256, patches } = released;
  return {
    version,
    tools: requirements(TOOLS),
    packages: requirements([...REMOTE, { name: 'ceph-deploy', version, sha256 }]),
    patches,
  };
}

function requirements(pins: readonly Pin[]): string {
  return pins
    .map(({ name, version, sha256, python }) => {
      const marker = python === undefined ? '' : ` ; python_version ${python}`;
      return `${name}==${version}${marker} --hash=sha256:${sha256}\n`;
    })
    .join('');
}

import { describe, expect, it } from 'vitest';
import { kubernetesSource } from '../../../../playbooks/kubernetes/package-source.js';
import {
  kubernetesRelease,
  kubernetesRepository,
  NEWEST,
  OLDEST,
  releaseProblem,
} from '../../../../playbooks/kubernetes/releases.js';
import type { HostFacts } from '../../../../src/engine/facts.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { kubernetesSettings, someFacts } from '../fixtures.js';
import { aContext } from './context.js';

const settings = (changes: Partial<KubernetesSettings>): KubernetesSettings => ({
  ...kubernetesSettings,
  ...changes,
});
const release = (changes: Partial<KubernetesSettings>, packages: HostFacts['packages'] = {}) =>
  kubernetesRelease(settings(changes), { packages });
const ofMinor = (minor: number) => release({ version: `1.${minor}` });
const MINORS = Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => OLDEST + index);

describe('a release of Kubernetes', () => {
  it('is told apart by all that differs from one minor to the next', async () => {
    const rows = MINORS.map((minor) => {
      const { packages, ...rest } = ofMinor(minor);
      const wishes = packages.map(({ name, version = '' }) => `${name} ${version}`.trim()).join(', ');
      const values = Object.entries({ ...rest, packages: wishes }).map(
        ([name, value]) => `  ${name}: ${Array.isArray(value) ? value.join(' ') : String(value)}\n`,
      );
      return `1.${minor}\n${values.join('')}`;
    });
    await expect(rows.join('')).toMatchFileSnapshot('./expected/releases.txt');
  });

  it('is the newest where nothing else is given or installed', () => {
    expect(release({})).toMatchObject({ minor: NEWEST, version: undefined });
    expect(release({}, { kubelet: '1.36.2-1.1' })).toMatchObject({ minor: 36, version: '1.36.2' });
    expect(release({ version: '1.36' }, { kubelet: '1.36.2-1.1' })).toMatchObject({ version: '1.36.2' });
    expect(release({ version: '1.3' }, { kubelet: '1.36.2-1.1' }).version).toBeUndefined();
    expect(release({ version: '1.37.1' }, { kubelet: '1.36.2-1.1' })).toMatchObject({ version: '1.37.1' });
    expect(release({}, { kubelet: '20.10' })).toMatchObject({ minor: NEWEST });
  });

  it('has packages of its version', () => {
    const names = (changes: Partial<KubernetesSettings>) =>
      release(changes).packages.map(({ name, version = '' }) => `${name}=${version}`);
    expect(names({ version: '1.34.1' })).toEqual([
      'kubeadm=1.34.1-*',
      'kubelet=1.34.1-*',
      'kubectl=1.34.1-*',
      'cri-tools=',
      'kubernetes-cni=',
    ]);
    expect(names({ version: '1.34' })).toContain('kubelet=1.34.*');
    expect(names({})).toContain(`kubelet=1.${NEWEST}.*`);
    expect(names({ source: 'distribution' })).toContain('kubelet=');
    expect(names({ version: '1.5.1' })).toEqual([
      'kubeadm=1.6.0-alpha.0*',
      'kubelet=1.5.1-*',
      'kubectl=1.5.1-*',
    ]);
  });

  it('has the images of the registry that its patch names', () => {
    expect(release({ version: '1.23.14' }).imageRepository).toBe('k8s.gcr.io');
    expect(release({ version: '1.23.15' }).imageRepository).toBe('registry.k8s.io');
    expect(release({ version: '1.24' }).imageRepository).toBe('registry.k8s.io');
  });

  it.each([
    [{ version: '1.20.2', runtime: 'containerd' }, '/run/containerd/containerd.sock'],
    [{ version: '1.24.0', runtime: 'containerd' }, 'unix:///run/containerd/containerd.sock'],
    [{ version: '1.31.0', runtime: 'cri-dockerd' }, 'unix:///run/cri-dockerd.sock'],
    [{ version: '1.20.2', runtime: 'docker' }, undefined],
  ] as const)('speaks to its runtime: %o', (changes, socket) => {
    expect(release(changes).criSocket).toBe(socket);
  });
});

describe('the source of the packages', () => {
  const repository = (changes: Partial<KubernetesSettings>) =>
    kubernetesRepository(settings(changes), release(changes));

  it('is a repository for each minor, with one key', () => {
    expect(repository({ version: '1.34.1' })).toEqual({
      uri: 'https://pkgs.k8s.io/core:/stable:/v1.34/deb/',
      suite: '/',
      components: [],
      key: {
        url: 'https://pkgs.k8s.io/core:/stable:/v1.34/deb/Release.key',
        fingerprint: 'DE15B14486CD377B9E876E1A234654DA9A296436',
      },
      trusted: false,
    });
    expect(repository({ version: '1.34', repository: 'https://mirror.example.com/k8s/' })?.key?.url).toBe(
      'https://mirror.example.com/k8s/core:/stable:/v1.34/deb/Release.key',
    );
  });

  it('of old releases is a mirror of the repository that was', () => {
    expect(repository({ version: '1.7.5', repository: 'https://mirror.example.com/apt' })).toEqual({
      uri: 'https://mirror.example.com/apt',
      suite: 'kubernetes-xenial',
      components: ['main'],
      key: undefined,
      trusted: false,
    });
  });

  it("is a folder, or the host's own", () => {
    expect(repository({ version: '1.20.2', source: 'folder', folder: '/srv/kubernetes/' })).toMatchObject({
      uri: 'file:/srv/kubernetes/packages',
      suite: './',
      trusted: true,
    });
    expect(repository({ source: 'distribution' })).toBeUndefined();
  });

  it('is a file of apt, and a key where it has one', () => {
    const tasks = (changes: Partial<KubernetesSettings>) => {
      const context = aContext(changes);
      return kubernetesSource(context.members.first, context);
    };
    const ids = (changes: Partial<KubernetesSettings>) => tasks(changes).map(({ id }) => id);
    expect(ids({ version: '1.34' })).toEqual(['kubernetes-key', 'kubernetes-repository']);
    expect(ids({ source: 'folder', folder: '/srv', version: '1.20.2' })).toEqual(['kubernetes-repository']);
    expect(ids({ source: 'distribution' })).toEqual([]);
    expect(
      tasks({ version: '1.34' })[1]?.apply?.source,
    ).toContain(`URIs: https://pkgs.k8s.io/core:/stable:/v1.34/deb/
Suites: /
Signed-By: /etc/apt/keyrings/kubernetes.asc
`);
    expect(tasks({ source: 'folder', folder: '/srv', version: '1.20.2' })[0]?.apply?.source).toContain(
      `URIs: file:/srv/packages
Suites: ./
Trusted: yes
`,
    );
  });

  it('is not asked for on a host that could not be reached', () => {
    const context = aContext({});
    expect(kubernetesSource(context.members.first, { ...context, facts: new Map() })).toEqual([]);
  });
});

describe('what cannot be had', () => {
  const problem = (
    changes: Partial<KubernetesSettings>,
    facts: Partial<HostFacts> = {},
    controlPlanes?: number,
  ) => releaseProblem(settings(changes), someFacts('10.0.0.11', facts), controlPlanes);

  it.each([
    [{ version: '1.38' }, {}, 'releases that this program knows, 1.5 to 1.37'],
    [{ version: '1.4.0' }, {}, 'releases that this program knows, 1.5 to 1.37'],
    [{ source: 'folder', folder: '/srv' }, {}, 'Set kubernetes.version to the one that it has'],
    [{ source: 'folder', version: '1.20.2' }, {}, 'kubernetes.folder does not name it'],
    [{ version: '1.20.2' }, {}, 'https://apt.kubernetes.io, which no longer exists'],
    [{ source: 'distribution', version: '1.20.2' }, {}, 'debian has no packages of kubeadm'],
    [{ version: '1.24', runtime: 'docker' }, {}, 'its dockershim went with 1.24'],
    [
      { version: '1.20.2', runtime: 'cri-dockerd', repository: 'http://m' },
      {},
      'cri-dockerd is for 1.24 and later',
    ],
    [
      { version: '1.10.1', runtime: 'containerd', repository: 'http://m' },
      {},
      'containerd is for 1.11 and later',
    ],
    [{ version: '1.34', runtime: 'cri-dockerd' }, {}, 'has no package of cri-dockerd'],
    [
      { version: '1.7.5', repository: 'http://m', imageRepository: 'r/k' },
      {},
      'from gcr.io/google_containers alone',
    ],
    [
      { version: '1.18.2', repository: 'http://m', patches: new Map([['etcd.yaml', '{}']]) },
      {},
      'they came with 1.19',
    ],
    [{ version: '1.35' }, { cgroup: 'v1' }, 'does not start on a host with cgroup v1'],
    [{ version: '1.35' }, { cgroup: 'hybrid' }, 'does not start on a host with cgroup v1'],
  ] as const)('%o', (changes, facts, text) => {
    expect(problem(changes, facts)).toContain(text);
  });

  it.each([
    [{}, {}],
    [{ version: '1.24' }, { cgroup: 'v1' }],
    [{ version: '1.20.2', repository: 'http://m', patches: new Map([['etcd.yaml', '{}']]) }, {}],
    [{ version: '1.35', kubeletConfig: new Map([['failCgroupV1', 'false']]) }, { cgroup: 'v1' }],
    [{ version: '1.20.2', source: 'folder', folder: '/srv' }, {}],
    [{ version: '1.5.1', repository: 'http://m' }, {}],
    [{ source: 'distribution' }, { packages: { kubeadm: '1.37.1-1', kubelet: '1.37.1-1' } }],
    [{ version: '1.34', runtime: 'cri-dockerd', repository: 'http://m' }, {}],
    [{ version: '1.34', runtime: 'cri-dockerd' }, { packages: { 'cri-dockerd': '0.4.3' } }],
  ] as const)('nothing of %o on %o', (changes, facts) => {
    expect(problem(changes, facts)).toBeUndefined();
  });

  it('several control planes before 1.15', () => {
    const old = { version: '1.14.3', repository: 'http://m' };
    expect(problem(old, {}, 3)).toContain('and 3 hosts have that role');
    expect(problem(old, {}, 1)).toBeUndefined();
    expect(problem({ ...old, version: '1.15.1' }, {}, 3)).toBeUndefined();
  });
});

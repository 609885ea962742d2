import { describe, expect, it } from 'vitest';
import { dockerRelease, isBefore, releaseProblem } from '../../../../playbooks/docker/releases.js';
import { daemonSettings } from '../../../../playbooks/docker/settings.js';
import type { DockerSettings } from '../../../../src/inventory/inventory.js';
import { dockerSettings, someFacts } from '../fixtures.js';

const on = (id: string, version: string, codename: string, like: readonly string[] = []) =>
  someFacts('10.0.0.11', { os: { id, version, codename, like } });
const bookworm = on('debian', '12', 'bookworm');
const xenial = on('ubuntu', '16.04', 'xenial', ['debian']);
const settings = (changes: Partial<DockerSettings>): DockerSettings => ({ ...dockerSettings, ...changes });
const namesOf = (changes: Partial<DockerSettings>, facts = bookworm) =>
  dockerRelease(settings(changes), facts).packages.map(({ name, version }) =>
    version === undefined ? name : `${name}=${version}`,
  );

describe("the distribution's engine", () => {
  it('is docker.io, with the command line where that is apart', () => {
    expect(namesOf({})).toEqual(['docker.io']);
    expect(namesOf({}, on('debian', '13', 'trixie'))).toEqual(['docker.io', 'docker-cli']);
    expect(namesOf({}, on('ubuntu', '24.04', 'noble', ['debian']))).toEqual(['docker.io']);
    expect(dockerRelease(settings({}), bookworm)).toMatchObject({
      engine: '20.10',
      repository: undefined,
      rootKey: 'data-root',
      wrongRootKey: 'graph',
    });
  });

  it('is pinned by the beginning of its version', () => {
    expect(namesOf({ version: '20.10' })).toEqual(['docker.io=20.10*']);
  });
});

describe('docker-ce', () => {
  it('is current: three packages from the suite of the release', () => {
    const release = dockerRelease(settings({ source: 'docker-ce', version: '5:24.0' }), bookworm);
    expect(release.packages.map(({ name, version }) => [name, version])).toEqual([
      ['docker-ce', '24.0*'],
      ['docker-ce-cli', '24.0*'],
      ['containerd.io', undefined],
    ]);
    expect(release.repository).toEqual({
      uri: 'https://download.docker.com/linux/debian',
      suite: 'bookworm',
      component: 'stable',
      key: expect.stringMatching(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/),
    });
    expect(release.rootKey).toBe('data-root');
  });

  it('comes from a mirror, for Ubuntu and what is made of it', () => {
    const mirror = settings({
      source: 'docker-ce',
      repository: 'https://mirror.example.com/docker-ce/linux/',
    });
    const mint = on('linuxmint', '21', 'jammy', ['ubuntu', 'debian']);
    expect(dockerRelease(mirror, mint).repository?.uri).toBe(
      'https://mirror.example.com/docker-ce/linux/ubuntu',
    );
  });

  it('is, as documented, 17.03: one package, and the key graph', () => {
    const documented = settings({ source: 'docker-ce', version: '17.03.2', dataRoot: '/data/docker' });
    const release = dockerRelease(documented, xenial);
    expect(release).toMatchObject({
      packages: [{ name: 'docker-ce', version: '17.03.2*' }],
      repository: { uri: 'https://download.docker.com/linux/ubuntu', suite: 'xenial', component: 'stable' },
      rootKey: 'graph',
      wrongRootKey: 'data-root',
    });
    expect(daemonSettings(documented, release)).toEqual({
      graph: '/data/docker',
      'log-driver': 'json-file',
      'log-opts': { 'max-size': '10m', 'max-file': '3' },
      'exec-opts': ['native.cgroupdriver=systemd'],
    });
  });

  it('was docker-engine before 17.03: from a mirror only', () => {
    const old = settings({ source: 'docker-ce', version: '1.12.5' });
    expect(releaseProblem(old, xenial)).toMatch(/^Docker 1\.12\.5 came from .* which no longer exists\. Set/);
    const mirrored = { ...old, repository: 'https://mirror.example.com/docker/repo' };
    expect(releaseProblem(mirrored, xenial)).toBeUndefined();
    expect(dockerRelease(mirrored, xenial)).toMatchObject({
      packages: [{ name: 'docker-engine', version: '1.12.5*' }],
      repository: {
        uri: 'https://mirror.example.com/docker/repo',
        suite: 'ubuntu-xenial',
        component: 'main',
        key: undefined,
      },
      rootKey: 'graph',
    });
  });

  it('cannot be had without a codename', () => {
    const facts = someFacts('10.0.0.11', {
      os: { id: 'debian', version: undefined, codename: undefined, like: [] },
    });
    expect(releaseProblem(settings({ source: 'docker-ce' }), facts)).toContain('Set docker.source');
    expect(releaseProblem(settings({}), facts)).toBeUndefined();
  });
});

describe('the settings of the engine', () => {
  it('hold registries only when there are some', () => {
    const both = settings({ registryMirrors: ['https://a'], insecureRegistries: ['b:31777'] });
    const values = daemonSettings(both, dockerRelease(both, bookworm));
    expect(values).toMatchObject({
      'data-root': '/var/lib/docker',
      'registry-mirrors': ['https://a'],
      'insecure-registries': ['b:31777'],
    });
  });
});

describe('isBefore', () => {
  it.each([
    ['17.03.2~ce-0~ubuntu-xenial', true],
    ['17.04', true],
    ['17', true],
    ['17.05.0~ce', false],
    ['1.12.5', true],
    ['18', false],
    ['20.10.24+dfsg1', false],
  ])('%s is before 17.05: %s', (version, before) => expect(isBefore(version, [17, 5])).toBe(before));
});

import { describe, expect, it } from 'vitest';
import {
  cephRelease,
  cephRepository,
  releaseCalled,
  releaseOfDistribution,
  releaseProblem,
  storeOf,
} from '../../../../playbooks/ceph/releases.js';
import { CEPH_RELEASES } from '../../../../src/inventory/ceph-settings.js';
import type { CephSettings } from '../../../../src/inventory/ceph-settings.js';
import { aHost, cephSettings, someFacts } from '../fixtures.js';

const on = (id: string, version: string, codename: string | undefined) =>
  someFacts('10.0.0.11', { os: { id, version, codename, like: [] } });
const bookworm = on('debian', '12', 'bookworm');
const trixie = on('debian', '13', 'trixie');
const settings = (changes: Partial<CephSettings>): CephSettings => ({ ...cephSettings, ...changes });

describe('the release', () => {
  it.each([
    ['xenial', 'jewel', 10],
    ['bionic', 'luminous', 12],
    ['bullseye', 'nautilus', 14],
    ['focal', 'octopus', 15],
    ['bookworm', 'pacific', 16],
    ['jammy', 'quincy', 17],
    ['trixie', 'reef', 18],
    ['noble', 'squid', 19],
    ['sid', 'tentacle', 20],
  ])('is that of the packages of %s: %s', (codename, name, number) => {
    expect(cephRelease(cephSettings, on('any', '1', codename))).toMatchObject({ name, number });
  });

  it('is the one that the inventory names, and can be planned for a host that was not asked', () => {
    expect(cephRelease(settings({ release: 'reef' }), bookworm).name).toBe('reef');
    expect(cephRelease(settings({ release: 'reef' }), undefined).name).toBe('reef');
    expect(cephRelease(cephSettings, undefined).name).toBe('pacific');
    expect(cephRelease(cephSettings, on('debian', '7', 'wheezy')).name).toBe('pacific');
  });

  it('comes from some distribution, except for mimic', () => {
    const codenames = [
      'xenial',
      'bionic',
      'bullseye',
      'focal',
      'bookworm',
      'jammy',
      'trixie',
      'noble',
      'sid',
    ];
    const found = new Set(codenames.map(releaseOfDistribution));
    expect(CEPH_RELEASES.filter((name) => !found.has(name))).toEqual(['mimic']);
  });

  it('decides what there is', () => {
    const changes = CEPH_RELEASES.map(releaseCalled).map((release) => [
      release.name,
      release.filestore,
      release.defaultStore,
      release.cephDisk,
      release.mgr,
      release.msgr2,
      release.osdNew,
      release.blocklist,
      release.needsPgNum,
      release.cephDeploy,
    ]);
    const yes = true;
    const no = false;
    const none = undefined;
    expect(changes).toEqual([
      ['jewel', yes, 'filestore', yes, no, no, no, 'blacklist', yes, '1.5.39'],
      ['luminous', yes, 'bluestore', yes, yes, no, yes, 'blacklist', yes, '2.0.1'],
      ['mimic', yes, 'bluestore', yes, yes, no, yes, 'blacklist', yes, '2.0.1'],
      ['nautilus', yes, 'bluestore', no, yes, yes, yes, 'blacklist', yes, '2.0.1'],
      ['octopus', yes, 'bluestore', no, yes, yes, yes, 'blacklist', no, '2.0.1'],
      ['pacific', yes, 'bluestore', no, yes, yes, yes, 'blocklist', no, '2.0.1'],
      ['quincy', yes, 'bluestore', no, yes, yes, yes, 'blocklist', no, '2.0.1'],
      ['reef', no, 'bluestore', no, yes, yes, yes, 'blocklist', no, none],
      ['squid', no, 'bluestore', no, yes, yes, yes, 'blocklist', no, none],
      ['tentacle', no, 'bluestore', no, yes, yes, yes, 'blocklist', no, none],
    ]);
  });
});

describe('the store of an OSD', () => {
  it.each([
    ['jewel', '/var/local/osd0', 'filestore'],
    ['jewel', '/dev/sdb', 'filestore'],
    ['pacific', '/var/local/osd0', 'filestore'],
    ['pacific', '/dev/sdb', 'bluestore'],
    ['reef', '/var/local/osd0', 'bluestore'],
  ] as const)('in %s at %s is %s', (name, osd, store) => {
    expect(storeOf(cephSettings, releaseCalled(name), osd)).toBe(store);
  });

  it('is what the inventory says', () => {
    expect(storeOf(settings({ store: 'bluestore' }), releaseCalled('pacific'), '/data/osd0')).toBe(
      'bluestore',
    );
  });
});

describe('the repository', () => {
  it("is the distribution's own, or that of ceph.com or a mirror, with the release key", () => {
    expect(cephRepository(cephSettings, releaseCalled('pacific'), bookworm)).toBeUndefined();
    const upstream = settings({ source: 'ceph.com', release: 'reef' });
    expect(cephRepository(upstream, releaseCalled('reef'), bookworm)).toEqual({
      uri: 'https://download.ceph.com/debian-reef',
      suite: 'bookworm',
      component: 'main',
      key: expect.stringMatching(/^-----BEGIN PGP PUBLIC KEY BLOCK-----\n/),
    });
    const mirror = settings({ ...upstream, repository: 'https://mirror.example.com/ceph/' });
    expect(cephRepository(mirror, releaseCalled('reef'), bookworm)?.uri).toBe(
      'https://mirror.example.com/ceph/debian-reef',
    );
  });
});

describe('what cannot be had', () => {
  const pacific = releaseCalled('pacific');

  it.each([
    ['the own packages', {}, bookworm],
    ['a named release of the own packages', { release: 'pacific' }, bookworm],
    ['a newer system by packages', { installer: 'packages' }, trixie],
    ['ceph.com', { source: 'ceph.com', release: 'reef', installer: 'packages' }, bookworm],
    [
      'a mirror that has more',
      {
        source: 'ceph.com',
        release: 'reef',
        installer: 'packages',
        repository: 'https://mirror.example.com',
      },
      trixie,
    ],
  ] as const)('is nothing with %s', (_name, changes, facts) => {
    expect(releaseProblem(settings(changes), facts)).toBeUndefined();
  });

  it.each([
    [
      { release: 'reef' },
      bookworm,
      /^The packages of bookworm are Ceph pacific, and ceph\.release asks for reef\. Set ceph\.release to pacific, or leave it out\. Set ceph\.source to ceph\.com, which has reef for bullseye, bookworm, focal or jammy\.$/,
    ],
    [
      { source: 'ceph.com', release: 'jewel' },
      bookworm,
      /not known to have jewel for bookworm\. It has reef, squid or tentacle for bookworm\./,
    ],
    [{ source: 'ceph.com', release: 'reef' }, trixie, /It has nothing for trixie: set ceph\.source to dist/],
    [{}, on('debian', '7', 'wheezy'), /^Which release of Ceph the packages of wheezy are is not known\./],
    [{}, on('linux', '', undefined), /^The codename of linux cannot be told/],
    [
      {},
      trixie,
      /^Releases from reef .*\(ceph-deploy-from-reef\); this is reef\. What works: ceph: \{installer: packages\}/,
    ],
    [{ installer: 'packages', store: 'filestore' }, trixie, /\(filestore-from-reef\)/],
    [{ store: 'bluestore' }, on('ubuntu', '16.04', 'xenial'), /\(bluestore-before-luminous\)/],
  ] as const)('is said for %j', (changes, facts, problem) => {
    expect(releaseProblem(settings(changes), facts)).toMatch(problem);
  });

  it('is a second release in the same cluster', () => {
    expect(releaseProblem(cephSettings, trixie, pacific)).toMatch(
      /^The packages of trixie are Ceph reef, those of the admin host pacific: one cluster has one release\./,
    );
  });

  it('is what hosts cannot be or have with a release that was not known before', () => {
    const device = { ...aHost('node1', '10.0.0.11', ['osd']), osds: ['/dev/sdb'] };
    const filestore = settings({ store: 'filestore' });
    expect(releaseProblem(filestore, bookworm, pacific, [device])).toMatch(
      /\(filestore-device-without-journal\)/,
    );
    const manager = aHost('node1', '10.0.0.11', ['mgr']);
    const xenial = on('ubuntu', '16.04', 'xenial');
    expect(releaseProblem(cephSettings, xenial, releaseCalled('jewel'), [manager])).toMatch(
      /\(mgr-before-luminous\)/,
    );
  });
});

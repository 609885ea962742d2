import { describe, expect, it } from 'vitest';
import { osdPlays } from '../../../../../playbooks/ceph/osd/plays.js';
import type { CephContext } from '../../../../../playbooks/ceph/context.js';
import { cephRelease } from '../../../../../playbooks/ceph/releases.js';
import type { Task } from '../../../../../src/engine/task.js';
import type { CephSettings } from '../../../../../src/inventory/ceph-settings.js';
import { aHost, anInventory, cephSettings } from '../../fixtures.js';

const settings: CephSettings = { ...cephSettings, release: 'pacific', installer: 'packages' };

interface Variant extends Partial<CephSettings> {
  /** What node2 has handed on. */
  readonly handedOn?: Readonly<Record<string, string>>;
  /** Whose tasks; node1 is the admin host. */
  readonly on?: 'node1' | 'node2';
}

/** The tasks of a host; node2 has these OSDs. */
function tasks(osds: readonly string[], variant: Variant = {}): readonly Task[] {
  const { handedOn = {}, on = 'node2', ...changes } = variant;
  const ceph = { ...settings, ...changes };
  const admin = aHost('node1', '10.0.0.11', ['mon']);
  const host = { ...aHost('node2', '10.0.0.12', ['osd']), osds };
  const context: CephContext = {
    inventory: anInventory({ ceph, hosts: [admin, host] }),
    facts: new Map(),
    outputs: new Map([['node2', new Map(Object.entries(handedOn))]]),
    release: cephRelease(ceph, undefined),
    members: { admin, all: [admin, host], mons: [admin], mgrs: [admin], osds: [host], mdss: [] },
  };
  return osdPlays(context).flatMap((play) =>
    play.hosts.filter(({ name }) => name === on).flatMap((each) => play.tasks(each)),
  );
}

function ids(all: readonly Task[]): readonly string[] {
  return all.map(({ id }) => id);
}

function task(all: readonly Task[], id: string): Task {
  const found = all.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no task ${id}`);
  return found;
}

function lastLine({ source }: { readonly source: string }): string {
  return source.trimEnd().split('\n').at(-1) ?? '';
}

function apply(each: Task): string {
  return lastLine(each.apply ?? { source: '' });
}

describe('the OSDs of a host', () => {
  it('are made one after the other, each from its check to being up', () => {
    expect(ids(tasks(['/var/local/osd0', '/dev/sdb']))).toEqual([
      'ceph-osd-target',
      'ceph-osd-0-directory',
      'ceph-osd-0-names',
      'ceph-osd-0-data',
      'ceph-osd-0-owner',
      'ceph-osd-0-link',
      'ceph-osd-0-up',
      'ceph-osd-1-device',
      'ceph-osd-1-data',
      'ceph-osd-1-up',
    ]);
    expect(tasks([])).toEqual([]);
  });

  it('are of all hosts at once', () => {
    const all = tasks(['/var/local/osd0']);
    expect(all.flatMap(({ prevents }) => prevents ?? [])).toEqual([
      'ceph-leftovers',
      'ceph-osd-ext4-names',
      'ceph-osd-permission',
      'ceph-osd-permission',
      'ceph-osd-down-after-activate',
    ]);
  });

  it.each([
    [{ release: 'jewel' }, `make_osd /var/local/osd0 "$fsid" filestore 10737418240 create`],
    [{ release: 'luminous' }, `make_osd /var/local/osd0 "$fsid" filestore 10737418240 new`],
    [{ release: 'reef' }, `make_osd /var/local/osd0 "$fsid" bluestore 10737418240 new`],
    [{ store: 'bluestore', blockSize: '512M' }, `make_osd /var/local/osd0 "$fsid" bluestore 536870912 new`],
  ] as const)('in a directory, with %o', (changes, call) => {
    expect(apply(task(tasks(['/var/local/osd0'], changes), 'ceph-osd-0-data'))).toBe(call);
  });

  it('in a directory are called by its path without a slash at its end', () => {
    for (const each of tasks(['/data/osd 0//'])) {
      expect(each.check.source).not.toContain('/data/osd 0//');
      expect(each.title).not.toContain('osd 0/');
    }
    expect(apply(task(tasks(['/data/osd0/']), 'ceph-osd-0-owner'))).toBe(`chown -hR ceph:ceph /data/osd0/`);
  });

  it('on a device are made by the tool of the release', () => {
    expect(apply(task(tasks(['/dev/sdb']), 'ceph-osd-0-data'))).toBe(`make_volume /dev/sdb volume`);
    expect(apply(task(tasks(['/dev/sdb'], { release: 'jewel' }), 'ceph-osd-0-data'))).toBe(
      `make_volume /dev/sdb disk`,
    );
    const source = task(tasks(['/dev/sdb']), 'ceph-osd-0-data').apply?.source ?? '';
    expect(source).toContain('ceph-volume --cluster ceph lvm create --bluestore --data "$1"');
    expect(source).not.toMatch(/\bzap\b|wipefs -a/);
  });

  it('on a device in use are refused before anything is made', () => {
    const refuse = task(tasks(['/dev/sdb']), 'ceph-osd-0-device');
    expect(refuse.apply).toBeUndefined();
    expect(lastLine(refuse.check)).toBe(`check_device /dev/sdb "$(fsid_of /etc/ceph/ceph.conf)" volume`);
  });

  it('on devices are made by ceph-deploy on the admin host, where that is the installer', () => {
    const osds = ['/var/local/osd0', '/dev/sdb', '/dev/nvme0n1'];
    expect(ids(tasks(osds, { installer: 'ceph-deploy' })).filter((id) => /^ceph-osd-[12]/.test(id))).toEqual([
      'ceph-osd-1-device',
      'ceph-osd-2-device',
      'ceph-osd-1-up',
      'ceph-osd-2-up',
    ]);
    const admin = tasks(osds, {
      installer: 'ceph-deploy',
      on: 'node1',
      handedOn: { 'ceph-osd-1-disk': 'sdb' },
    });
    expect(ids(admin)).toEqual(['ceph-osd-1-deploy-node2', 'ceph-osd-2-deploy-node2']);
    expect(admin.map(({ check }) => lastLine(check))).toEqual([
      'check_deployed node2 sdb',
      "differs 'known after ceph-osd-2-device on node2'",
    ]);
    expect(admin[0]?.apply?.source).toContain('osd create --data /dev/sdb node2');
    const jewel = tasks(osds, { installer: 'ceph-deploy', release: 'jewel', on: 'node1' });
    expect(jewel[0]?.apply?.source).toContain('osd activate node2:/dev/sdb1');
    expect(jewel[1]?.apply?.source).toContain('osd activate node2:/dev/nvme0n1p1');
    expect(tasks(['/var/local/osd0'], { installer: 'ceph-deploy', on: 'node1' })).toEqual([]);
  });

  it('are known only after the packages and the configuration', () => {
    const all = tasks(['/var/local/osd0', '/dev/sdb']);
    for (const id of ['ceph-osd-0-names', 'ceph-osd-0-data', 'ceph-osd-0-up', 'ceph-osd-1-data']) {
      expect(task(all, id).after).toContain('ceph-packages');
    }
  });
});

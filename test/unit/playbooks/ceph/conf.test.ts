import { describe, expect, it } from 'vitest';
import { confSettings, needsShortNames } from '../../../../playbooks/ceph/conf.js';
import type { FileSystem } from '../../../../src/engine/facts.js';
import type { Host } from '../../../../src/inventory/inventory.js';
import { aHost, someFacts } from '../fixtures.js';
import { cephContextOf, THREE_HOSTS } from './context.js';

/** The context with other file systems on all hosts. */
function mounted(osds: readonly string[], types: Readonly<Record<string, string>>) {
  const hosts: readonly Host[] = [{ ...aHost('node1', '10.0.0.11', ['mon', 'osd']), osds }];
  const fileSystems: readonly FileSystem[] = Object.entries(types).map(([mountPoint, type]) => ({
    mountPoint,
    type,
    device: '/dev/vda1',
    size: 1,
    free: 1,
  }));
  return (changes: Parameters<typeof cephContextOf>[0] = {}) => ({
    ...cephContextOf({ hosts, ...changes }),
    facts: new Map([['node1', someFacts('10.0.0.11', { fileSystems })]]),
  });
}

describe('the settings of ceph.conf', () => {
  it('say who the monitors are, and what new pools and images are like', () => {
    expect(confSettings(cephContextOf({ kernel: '4.19.0-27-amd64' }))).toEqual({
      'mon initial members': 'node1',
      'mon host': '10.0.0.11',
      'auth cluster required': 'cephx',
      'auth service required': 'cephx',
      'auth client required': 'cephx',
      'osd pool default size': '3',
      'osd pool default min size': '2',
      'rbd default features': '5',
      'auth allow insecure global id reclaim': 'false',
      'osd max object name len': '256',
      'osd max object namespace len': '64',
    });
  });

  it('name all monitors in the order of the inventory, and the networks', () => {
    const hosts = THREE_HOSTS.map((host) => ({ ...host, roles: [...host.roles, 'mon' as const] }));
    const ceph = { publicNetwork: '10.0.0.0/24', clusterNetwork: '10.1.0.0/24' };
    expect(confSettings(cephContextOf({ hosts, ceph }))).toMatchObject({
      'mon initial members': 'node1, node2, node3',
      'mon host': '10.0.0.11,10.0.0.12,10.0.0.13',
      'public network': '10.0.0.0/24',
      'cluster network': '10.1.0.0/24',
    });
  });

  it.each([
    [1, undefined, '1', '1'],
    [2, undefined, '2', '1'],
    [3, undefined, '3', '2'],
    [3, 2, '2', '1'],
    [1, 3, '3', '2'],
  ])(
    'keep as many copies as there are hosts for them: %i hosts, poolSize %s',
    (count, poolSize, size, min) => {
      const context = cephContextOf({ hosts: THREE_HOSTS.slice(0, count), ceph: { poolSize } });
      expect(confSettings(context)).toMatchObject({
        'osd pool default size': size,
        'osd pool default min size': min,
      });
    },
  );

  it('leave the features of images alone where nobody maps them', () => {
    const hosts = [{ ...aHost('node1', '10.0.0.11', ['mon', 'osd']), osds: ['/dev/sdb'] }];
    expect(confSettings(cephContextOf({ hosts }))).not.toHaveProperty('rbd default features');
  });

  it('are those that the release knows', () => {
    const jewel = confSettings(cephContextOf({ release: 'jewel', kernel: '3.19.0' }));
    expect(jewel).not.toHaveProperty('auth allow insecure global id reclaim');
    expect(jewel).toMatchObject({ 'rbd default features': '1' });
  });

  it('yield to what the inventory says itself', () => {
    const config = new Map([
      ['osd journal size', '512'],
      ['rbd default features', '1'],
    ]);
    expect(confSettings(cephContextOf({ ceph: { config } }))).toMatchObject({
      'osd journal size': '512',
      'rbd default features': '1',
    });
  });
});

describe('short names of objects', () => {
  it('are needed where the longest mount point above a directory with filestore is of ext4', () => {
    const directory = ['/var/local/osd0'];
    expect(needsShortNames(mounted(directory, { '/': 'ext4' })())).toBe(true);
    expect(needsShortNames(mounted(directory, { '/': 'xfs' })())).toBe(false);
    expect(needsShortNames(mounted(directory, { '/': 'ext4', '/var/local': 'xfs' })())).toBe(false);
    expect(needsShortNames(mounted(directory, { '/var/local': 'ext4', '/': 'xfs', '/var': 'btrfs' })())).toBe(
      true,
    );
    expect(needsShortNames(mounted(directory, { '/': 'xfs', '/var/local/osd0': 'ext4' })())).toBe(true);
    expect(needsShortNames(mounted(directory, { '/': 'xfs', '/var/local/osd': 'ext4' })())).toBe(false);
  });

  it('are needed when one directory of many is on ext4', () => {
    const directories = ['/data/a', '/slow/b'];
    expect(needsShortNames(mounted(directories, { '/': 'xfs', '/slow': 'ext4' })())).toBe(true);
  });

  it('are not needed for devices, for bluestore, and where nothing is known of the host', () => {
    expect(needsShortNames(mounted(['/dev/sdb'], { '/': 'ext4' })())).toBe(false);
    expect(
      needsShortNames(mounted(['/var/local/osd0'], { '/': 'ext4' })({ ceph: { store: 'bluestore' } })),
    ).toBe(false);
    expect(needsShortNames(mounted(['/var/local/osd0'], { '/': 'ext4' })({ release: 'reef' }))).toBe(false);
    expect(needsShortNames({ ...cephContextOf(), facts: new Map() })).toBe(false);
  });
});

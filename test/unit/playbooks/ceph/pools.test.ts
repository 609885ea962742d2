import { describe, expect, it } from 'vitest';
import { filesystemTasks } from '../../../../playbooks/ceph/filesystem.js';
import { minSize, poolSize } from '../../../../playbooks/ceph/pool-size.js';
import { poolsOf, poolTasks } from '../../../../playbooks/ceph/pools.js';
import type { CephPool } from '../../../../src/inventory/ceph-settings.js';
import { cephContextOf, THREE_HOSTS, WITH_MDS } from './context.js';

const pool = (name: string, changes: Partial<CephPool> = {}): CephPool => ({
  name,
  application: 'rbd',
  size: undefined,
  pgNum: undefined,
  ...changes,
});

const call = (context: Parameters<typeof poolTasks>[0], kind: 'check' | 'apply') =>
  poolTasks(context).map((task) => task[kind]?.source.split('\n').at(-1));

describe('the copies of a new pool', () => {
  it('are as many as hosts with OSDs, three at most, or what the inventory says', () => {
    const sizes = [1, 2, 3].map((count) => poolSize(cephContextOf({ hosts: THREE_HOSTS.slice(0, count) })));
    expect(sizes).toEqual([1, 2, 3]);
    const more = [...THREE_HOSTS, ...THREE_HOSTS.map((host) => ({ ...host, name: `${host.name}b` }))];
    expect(poolSize(cephContextOf({ hosts: more }))).toBe(3);
    expect(poolSize(cephContextOf({ ceph: { poolSize: 2 } }))).toBe(2);
  });

  it('may lack one of three, and one of two, before nothing is written any more', () => {
    expect([1, 2, 3, 4].map(minSize)).toEqual([1, 1, 2, 2]);
  });
});

describe('the pools', () => {
  it('are those of the inventory; one for images when it names none and there is no file system', () => {
    const names = (context: Parameters<typeof poolsOf>[0]) => poolsOf(context).map(({ name }) => name);
    expect(names(cephContextOf())).toEqual(['rbd']);
    expect(names(cephContextOf({ hosts: WITH_MDS }))).toEqual([]);
    expect(names(cephContextOf({ ceph: { pools: [pool('kube')] } }))).toEqual(['kube']);
  });

  it('have a task each, with ids of their own', () => {
    const pools = ['kube', 'k8s_data', 'k8s-data', '.rgw.root'].map((name) => pool(name));
    const tasks = poolTasks(cephContextOf({ ceph: { pools } }));
    expect(tasks.map(({ id }) => id)).toEqual([
      'ceph-pool-kube',
      'ceph-pool-k8s-data',
      'ceph-pool-k8s-data-2',
      'ceph-pool-.rgw.root',
    ]);
    for (const task of tasks) {
      expect(task.after).toEqual(['ceph-packages']);
      expect(task.prevents).toEqual(['ceph-pool-size']);
    }
  });

  it('are told their size, whether the inventory says it, what they are for, and their placement groups', () => {
    const pools = [pool('a'), pool('b', { size: 2, pgNum: 64 })];
    expect(call(cephContextOf({ ceph: { pools } }), 'check')).toEqual([
      "check_pool a 3 2 no rbd ''",
      'check_pool b 2 1 yes rbd 64',
    ]);
    expect(call(cephContextOf({ ceph: { pools } }), 'apply')).toEqual([
      "apply_pool a 3 2 no rbd '' '' 16",
      'apply_pool b 2 1 yes rbd 64 64 16',
    ]);
  });

  it('have no application before luminous, and a number of placement groups while it must be said', () => {
    const pools = [pool('a'), pool('b', { pgNum: 64 })];
    expect(call(cephContextOf({ release: 'jewel', ceph: { pools, poolSize: 2 } }), 'apply')).toEqual([
      "apply_pool a 2 1 yes '' '' 32 10",
      "apply_pool b 2 1 yes '' 64 64 10",
    ]);
    expect(call(cephContextOf({ release: 'nautilus', ceph: { pools } }), 'apply')).toEqual([
      "apply_pool a 3 2 no rbd '' 32 14",
      'apply_pool b 3 2 no rbd 64 64 14',
    ]);
  });
});

describe('the file system', () => {
  it('is there when a host has the role mds', () => {
    expect(filesystemTasks(cephContextOf())).toEqual([]);
    const tasks = filesystemTasks(cephContextOf({ hosts: WITH_MDS }));
    expect(tasks.map(({ id }) => id)).toEqual([
      'ceph-pool-cephfs-data',
      'ceph-pool-cephfs-metadata',
      'ceph-filesystem',
    ]);
    expect(tasks[2]?.after).toEqual(['ceph-packages', 'ceph-pool-cephfs-data', 'ceph-pool-cephfs-metadata']);
    expect(tasks[2]?.prevents).toEqual(['cephfs-no-mds']);
  });

  it('takes pools that the inventory lists, and makes the folders of its clients, each once', () => {
    const client = (name: string, path: string | undefined) => ({ name, pools: [], path });
    const context = cephContextOf({
      hosts: WITH_MDS,
      ceph: {
        filesystem: 'files',
        pools: [pool('files_data', { application: 'cephfs', size: 2 })],
        clients: [client('a', '/b/c'), client('d', '/'), client('e', '/b/c'), client('f', undefined)],
      },
    });
    const tasks = [...poolTasks(context), ...filesystemTasks(context)];
    expect(tasks.map(({ id }) => id)).toEqual([
      'ceph-pool-files-data',
      'ceph-pool-files-metadata',
      'ceph-filesystem',
      'ceph-filesystem-folders',
    ]);
    expect(tasks[3]?.title).toBe('the file system has /b/c');
    expect(tasks[3]?.check.source.endsWith(' /b/c')).toBe(true);
  });
});

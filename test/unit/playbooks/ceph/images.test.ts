import { describe, expect, it } from 'vitest';
import { imageTasks } from '../../../../playbooks/ceph/images.js';
import { featureBits, mappableFeatures, rbdFeatures } from '../../../../playbooks/ceph/rbd-features.js';
import type { CephImage } from '../../../../src/inventory/ceph-settings.js';
import { aHost } from '../fixtures.js';
import { cephContextOf, THREE_HOSTS } from './context.js';

const image = (changes: Partial<CephImage> = {}): CephImage => ({
  pool: 'rbd',
  name: 'vol1',
  size: '1G',
  features: undefined,
  ...changes,
});

describe('the features that a kernel maps', () => {
  it.each([
    ['3.10.0-1160.el7.x86_64', 1],
    ['3.19.0-25-generic', 1],
    ['4.4.0-210-generic', 1],
    ['4.9.0-19-amd64', 5],
    ['5.1.21', 37],
    ['5.2.0', 37],
    ['5.3.0-76-generic', 61],
    ['6.1.0-30-amd64', 61],
    ['10.0', 61],
    ['2.6.32', 1],
    ['unknown', 1],
    [undefined, 1],
  ])('%s: %d', (kernel, bits) => {
    expect(featureBits(rbdFeatures(kernel))).toBe(bits);
  });

  it('are those of the oldest of the Kubernetes nodes', () => {
    const context = cephContextOf({ kernel: '5.10.0' });
    expect(mappableFeatures(context)).toHaveLength(5);
    const [node1 = aHost('x', '10.0.0.1'), node2 = node1] = THREE_HOSTS;
    const old = new Map(context.facts);
    const facts = old.get(node2.name);
    if (facts !== undefined) old.set(node2.name, { ...facts, kernel: '4.15.0-200' });
    expect(mappableFeatures({ ...context, facts: old })).toEqual(['layering', 'exclusive-lock']);
    old.delete(node2.name);
    expect(mappableFeatures({ ...context, facts: old })).toEqual(['layering']);
  });

  it('do not matter where nobody maps images', () => {
    const hosts = THREE_HOSTS.map((host) => ({ ...host, roles: ['mon', 'osd'] as const }));
    expect(mappableFeatures(cephContextOf({ hosts }))).toBeUndefined();
  });
});

describe('the images', () => {
  const lastLine = (context: Parameters<typeof imageTasks>[0], kind: 'check' | 'apply') =>
    imageTasks(context).map((task) => task[kind]?.source.split('\n').at(-1));

  it('have a task each, after that of their pool', () => {
    const images = [image(), image({ name: 'vol_2', pool: 'other' })];
    const tasks = imageTasks(cephContextOf({ ceph: { images } }));
    expect(tasks.map(({ id, after }) => [id, after])).toEqual([
      ['ceph-image-rbd-vol1', ['ceph-packages', 'ceph-pool-rbd']],
      ['ceph-image-other-vol-2', ['ceph-packages']],
    ]);
    expect(tasks[0]?.prevents).toEqual(['rbd-features', 'rbd-image-missing']);
  });

  it('are made with what the oldest kernel maps, or with what the inventory says', () => {
    const images = [image(), image({ name: 'vol2', features: ['layering', 'journaling'] })];
    expect(lastLine(cephContextOf({ kernel: '4.15.0', ceph: { images } }), 'apply')).toEqual([
      'apply_image rbd vol1 1024 layering exclusive-lock',
      'apply_image rbd vol2 1024 layering journaling',
    ]);
  });

  it('have sizes that rbd of every release reads', () => {
    const sizes = ['512M', '10G', '2T', '4096', '1536K'];
    const images = sizes.map((size) => image({ size, name: size }));
    const made = lastLine(cephContextOf({ kernel: '4.4', ceph: { images } }), 'apply');
    expect(made.map((line) => line?.split(' ')[3])).toEqual(['512', '10240', '2097152', '4096', '1572864B']);
    const judged = lastLine(cephContextOf({ ceph: { images } }), 'check');
    expect(judged.map((line) => Number(line?.split(' ')[3]))).toEqual([
      2 ** 29,
      10 * 2 ** 30,
      2 ** 41,
      2 ** 32,
      1536 * 1024,
    ]);
  });
});

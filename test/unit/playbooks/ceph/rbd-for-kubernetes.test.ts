import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rbdForKubernetes, secretData } from '../../../../playbooks/ceph/rbd-for-kubernetes.js';
import type { CephClient, CephImage } from '../../../../src/inventory/ceph-settings.js';
import { aHost } from '../fixtures.js';
import { cephContextOf, THREE_HOSTS } from './context.js';

const image: CephImage = { pool: 'kube', name: 'vol1', size: '1G', features: undefined };
const client = (name: string, pools: readonly string[]): CephClient => ({ name, pools, path: undefined });
const KEY = 'AQC7TgFrQ74zNRAAETl4u4DqGXIjZcubqolJQQ==';

describe('RBD for Kubernetes', () => {
  it('gives the first client that may use the pool, and never the admin', () => {
    const clients = [client('admin', ['kube']), client('other', ['rbd']), client('kube', ['rbd', 'kube'])];
    const context = cephContextOf({ kernel: '4.15.0', ceph: { clients }, keys: { 'ceph-key-kube': KEY } });
    expect(rbdForKubernetes(image, context)).toEqual({
      pool: 'kube',
      image: 'vol1',
      features: ['layering', 'exclusive-lock'],
      monitors: ['10.0.0.11:6789'],
      client: 'kube',
      secret: Buffer.from(KEY).toString('base64'),
      reclaimPolicy: 'Retain',
    });
    expect(
      rbdForKubernetes(image, cephContextOf({ ceph: { clients: clients.slice(0, 2) } })),
    ).toBeUndefined();
  });

  it('knows no key before the client is made', () => {
    const context = cephContextOf({ ceph: { clients: [client('kube', ['kube'])] } });
    expect(rbdForKubernetes(image, context)).toMatchObject({ client: 'kube', secret: undefined });
  });

  it('names every monitor, those with IPv6 in brackets', () => {
    const hosts = [...THREE_HOSTS, aHost('node4', 'fd00::4', ['mon'])];
    const context = cephContextOf({ hosts, ceph: { clients: [client('kube', ['kube'])] } });
    expect(rbdForKubernetes(image, context)?.monitors).toEqual(['10.0.0.11:6789', '[fd00::4]:6789']);
  });
});

describe('the key in a secret', () => {
  const keys = fc
    .uint8Array({ minLength: 1, maxLength: 64 })
    .map((bytes) => Buffer.from(bytes).toString('base64'));
  const around = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 4 });

  it('is exactly the key, whatever surrounded it where it was read', () => {
    fc.assert(
      fc.property(keys, around, around, (key, before, after) => {
        expect(Buffer.from(secretData(before + key + after), 'base64').toString()).toBe(key);
      }),
    );
  });
});

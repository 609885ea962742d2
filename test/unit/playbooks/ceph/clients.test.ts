import { describe, expect, it } from 'vitest';
import { clientCaps } from '../../../../playbooks/ceph/client-caps.js';
import { clientTasks } from '../../../../playbooks/ceph/clients.js';
import type { CephClient, CephReleaseName } from '../../../../src/inventory/ceph-settings.js';
import { cephContextOf, WITH_MDS } from './context.js';

const kube: CephClient = { name: 'kube', pools: ['a', 'b'], path: undefined };
const harbor: CephClient = { name: 'harbor', pools: [], path: '/apps/harbor' };

function caps(client: CephClient, release: CephReleaseName) {
  return clientCaps(client, cephContextOf({ release, hosts: WITH_MDS }));
}

describe('the rights of a client', () => {
  it('for images are the profile of each pool', () => {
    expect(caps(kube, 'pacific')).toEqual({
      mon: 'profile rbd',
      mgr: 'profile rbd pool=a, profile rbd pool=b',
      osd: 'profile rbd pool=a, profile rbd pool=b',
    });
    expect(caps(kube, 'luminous')).toEqual({
      mon: 'profile rbd',
      osd: 'profile rbd pool=a, profile rbd pool=b',
    });
  });

  it('for images before luminous are written out, with the one to shut out an old holder', () => {
    expect(caps(kube, 'jewel')).toEqual({
      mon: 'allow r, allow command "osd blacklist"',
      osd: 'allow class-read object_prefix rbd_children, allow rwx pool=a, allow rwx pool=b',
    });
  });

  it('for a path are no more than that path', () => {
    expect(caps(harbor, 'jewel')).toEqual({
      mon: 'allow r',
      mds: 'allow r, allow rw path=/apps/harbor',
      osd: 'allow rw pool=cephfs_data',
    });
    expect(caps(harbor, 'nautilus')).toEqual({
      mon: 'allow r',
      mds: 'allow rw path=/apps/harbor',
      osd: 'allow rw tag cephfs data=cephfs',
    });
    expect(caps(harbor, 'reef')).toEqual({
      mon: 'allow r fsname=cephfs',
      mds: 'allow rw fsname=cephfs path=/apps/harbor',
      osd: 'allow rw tag cephfs data=cephfs',
    });
    expect(caps({ ...harbor, path: '/' }, 'reef').mds).toBe('allow rw fsname=cephfs');
  });

  it('for both are both, each once', () => {
    expect(caps({ ...kube, pools: ['a'], path: '/x' }, 'jewel')).toEqual({
      mon: 'allow r, allow command "osd blacklist"',
      mds: 'allow r, allow rw path=/x',
      osd: 'allow class-read object_prefix rbd_children, allow rwx pool=a, allow rw pool=cephfs_data',
    });
  });

  it('never allow everything', () => {
    for (const release of ['jewel', 'luminous', 'pacific', 'tentacle'] as const) {
      const all = Object.values(caps({ ...kube, path: '/x' }, release)).join(', ');
      expect(all).not.toMatch(/\*|auth|profile (?!rbd)/);
    }
  });
});

describe('the clients', () => {
  it('have a task each, and hand their keys on as secrets', () => {
    const tasks = clientTasks(cephContextOf({ hosts: WITH_MDS, ceph: { clients: [kube, harbor] } }));
    expect(tasks.map(({ id, output }) => [id, output?.name, output?.secret])).toEqual([
      ['ceph-client-kube', 'ceph-key-kube', true],
      ['ceph-client-harbor', 'ceph-key-harbor', true],
    ]);
    expect(tasks[0]?.prevents).toEqual(['ceph-k8s-admin-user']);
  });

  it('are told their rights as pairs of words', () => {
    const [task] = clientTasks(cephContextOf({ ceph: { clients: [kube] } }));
    expect(task?.apply?.source).toContain(
      " mon 'profile rbd' mgr 'profile rbd pool=a, profile rbd pool=b' osd 'profile rbd pool=a, profile rbd pool=b'",
    );
  });

  it('are never the admin', () => {
    const [task] = clientTasks(cephContextOf({ ceph: { clients: [{ ...kube, name: 'admin' }] } }));
    expect(task?.apply).toBeUndefined();
    expect(task?.output).toBeUndefined();
    expect(task?.check.source).toContain('ceph-k8s-admin-user');
  });
});

import { describe, expect, it } from 'vitest';
import { HEALTH_CODES } from '../../../../playbooks/ceph/health-codes.js';
import { proofPlays } from '../../../../playbooks/ceph/health.js';
import type { CephContext } from '../../../../playbooks/ceph/context.js';
import type { Task } from '../../../../src/engine/task.js';
import { cephContextOf, THREE_HOSTS, WITH_MDS } from './context.js';

function proofs(context: CephContext): readonly Task[] {
  return proofPlays(context).flatMap(({ hosts, tasks }) => hosts.flatMap((host) => tasks(host)));
}

function proof(context: CephContext, id: string): Task {
  const task = proofs(context).find((each) => each.id === id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

describe('the proof at the end', () => {
  it('is made on the admin host', () => {
    const [play] = proofPlays(cephContextOf({ ceph: { admin: 'node2' } }));
    expect(play?.hosts.map(({ name }) => name)).toEqual(['node2']);
    expect(proofs(cephContextOf()).map(({ id, apply }) => [id, apply !== undefined])).toEqual([
      ['ceph-daemons', false],
      ['ceph-healthy', false],
      ['ceph-write-read', true],
    ]);
  });

  it('knows how many OSDs each host has, and its daemons', () => {
    const { source } = proof(cephContextOf({ hosts: WITH_MDS }), 'ceph-daemons').check;
    expect(source).toContain(
      `'["node1"]' '["node1"]' '["node2"]' '{"node1":1,"node2":1,"node3":2}' 'ceph osd purge ID`,
    );
  });

  it('knows no managers before there were any, and how an OSD left then', () => {
    const { source } = proof(cephContextOf({ release: 'jewel' }), 'ceph-daemons').check;
    expect(source).toContain(`'["node1"]' '[]' '[]'`);
    expect(source).toContain('ceph osd crush remove osd.ID');
  });

  it('does not call the cluster ill while its daemons or its contents are to come', () => {
    const daemons = [
      'ceph-packages',
      'node1:ceph-mon-service',
      'node1:ceph-mgr-service',
      'node2:ceph-mds-service',
      'node1:ceph-osd-0-up',
      'node2:ceph-osd-0-up',
      'node3:ceph-osd-0-up',
      'node3:ceph-osd-1-up',
    ];
    const context = cephContextOf({ hosts: WITH_MDS });
    expect(proof(context, 'ceph-daemons').after).toEqual(daemons);
    expect(proof(context, 'ceph-healthy').after).toEqual([
      ...daemons,
      'ceph-pool-cephfs-data',
      'ceph-pool-cephfs-metadata',
      'ceph-filesystem',
      'ceph-daemons',
    ]);
  });

  it('writes to what there is', () => {
    const calls = (context: CephContext) =>
      proof(context, 'ceph-write-read')
        .apply?.source.match(/^prove_\w+ .*$/gm)
        ?.map((line) => line.replace(' || exit 1', '').replaceAll("'", ''));
    const pools = [
      { name: 'objects', application: 'rgw', size: undefined, pgNum: undefined },
      { name: 'kube', application: 'rbd', size: undefined, pgNum: undefined },
    ];
    expect(calls(cephContextOf())).toEqual(['prove_rados rbd', 'prove_rbd rbd']);
    expect(calls(cephContextOf({ ceph: { pools } }))).toEqual(['prove_rados kube', 'prove_rbd kube']);
    expect(calls(cephContextOf({ ceph: { pools: pools.slice(0, 1) } }))).toEqual(['prove_rados objects']);
    expect(calls(cephContextOf({ hosts: WITH_MDS }))).toEqual([
      'prove_rados cephfs_data',
      'prove_filesystem --client_fs=cephfs',
    ]);
    expect(calls(cephContextOf({ hosts: WITH_MDS, release: 'nautilus' }))?.[1]).toBe(
      'prove_filesystem --client_mds_namespace=cephfs',
    );
    expect(calls(cephContextOf({ hosts: WITH_MDS, release: 'jewel' }))?.[1]).toBe('prove_filesystem ');
  });

  it('is made anew when there are more OSDs, other pools, or another release', () => {
    const key = (context: CephContext) =>
      /^\[ -z "\$KEY" \].*$/m.exec(proof(context, 'ceph-write-read').check.source)?.[0];
    const keys = [
      cephContextOf(),
      cephContextOf({ hosts: THREE_HOSTS.slice(0, 2) }),
      cephContextOf({ hosts: WITH_MDS }),
      cephContextOf({ release: 'quincy' }),
      cephContextOf({ ceph: { pools: [{ name: 'kube', application: 'rbd', size: 2, pgNum: undefined }] } }),
    ].map(key);
    expect(keys[0]).toMatch(/KEY="\$KEY "[0-9a-f]{16}$/);
    expect(new Set(keys).size).toBe(5);
    expect(key(cephContextOf({ ceph: { clients: [{ name: 'a', pools: ['rbd'], path: undefined }] } }))).toBe(
      keys[0],
    );
  });
});

describe('the table of health checks', () => {
  const MUST_KNOW = [
    'MON_DOWN',
    'OSD_DOWN',
    'PG_DEGRADED',
    'PG_AVAILABILITY',
    'POOL_NO_REDUNDANCY',
    'TOO_FEW_OSDS',
    'MON_CLOCK_SKEW',
    'AUTH_INSECURE_GLOBAL_ID_RECLAIM',
    'AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED',
    'POOL_APP_NOT_ENABLED',
    'OSD_NEARFULL',
    'OSD_FULL',
    'MON_DISK_LOW',
    'MON_MSGR2_NOT_ENABLED',
    'RECENT_CRASH',
    'OSD_FLAGS',
    'OSDMAP_FLAGS',
    'SLOW_OPS',
    'FS_DEGRADED',
    'MDS_INSUFFICIENT_STANDBY',
    'BLUESTORE_*',
    'POOL_TOO_FEW_PGS',
  ];

  it('knows what a cluster of this kind meets', () => {
    const codes = HEALTH_CODES.map(({ code }) => code);
    expect(MUST_KNOW.filter((code) => !codes.includes(code))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('says in words what is the matter and what to do', () => {
    for (const { code, meaning, advice } of HEALTH_CODES) {
      expect([code, meaning]).not.toEqual([code, '']);
      expect(advice).not.toMatch(/^$|\.$/);
      expect(meaning).not.toMatch(/\.$/);
    }
  });

  it('has no entry that an earlier one hides', () => {
    const hides = (pattern: string, code: string) =>
      new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(code.replaceAll('*', 'X'));
    const hidden = HEALTH_CODES.filter(({ code }, index) =>
      HEALTH_CODES.slice(0, index).some((earlier) => hides(earlier.code, code)),
    );
    expect(hidden).toEqual([]);
  });
});

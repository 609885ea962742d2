import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, expectNothingToDo, HOSTS_DONE } from './ceph-lab.js';
import { type JsonOutcome, named } from './provision.js';

/** What daemons of Ceph write all the time, whoever looks. */
const DAEMONS_WRITE = [
  /^\/var\/log\/ceph(\/|$)/,
  /^\/var\/lib\/ceph\/mon\/[^/]+\/store\.db(\/|$)/,
  /^\/var\/local\/osd0\/(current|journal)(\/|$)/,
];

interface OsdDump {
  readonly osds: readonly { readonly osd: number; readonly up: number; readonly in: number }[];
}

describe('a Ceph cluster on three hosts, deployed by ceph-deploy', () => {
  let lab: CephLab;
  let plan: JsonOutcome;
  let first: JsonOutcome;

  beforeAll(async () => {
    lab = await cephLab({
      name: 'ceph',
      hosts: 3,
      upTo: HOSTS_DONE,
      change: ({ ceph }) => {
        ceph['pools'] = { kube: {} };
        ceph['images'] = { 'kube/registry': { size: '64M' } };
        ceph['clients'] = { kube: { pools: ['kube'] }, harbor: { path: '/apps/harbor' } };
      },
    });
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const changedByUs = async (host: string): Promise<string[]> =>
    (await lab.changedFiles(host)).filter((path) => !DAEMONS_WRITE.some((each) => each.test(path)));

  it('plans it on hosts without Ceph, and leaves no file changed', async () => {
    plan = await lab.plan();
    expectDone(plan);
    expect(plan.summary.changed).toBeGreaterThan(0);
    for (const host of lab.hosts) expect(await lab.changedFiles(host)).toEqual([]);
  });

  it('brings the hosts to a healthy cluster', async () => {
    first = await lab.up();
    expectDone(first);
    expect(named(first.tasks, 'skipped', 'unknown')).toEqual([]);
    await lab.untilHealthy(30);
    const { osds } = await lab.ask<OsdDump>('osd dump');
    expect(osds.map(({ up, in: inside }) => [up, inside])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect((await lab.ask<{ quorum_names: string[] }>('quorum_status')).quorum_names).toEqual(lab.hosts);
    expect(await lab.on('node1', 'rbd ls kube')).toBe('registry\n');
  });

  it('changed what the plan said, task by task, on all hosts', () => {
    expect(named(first.tasks, 'changed')).toEqual(named(plan.tasks, 'change'));
  });

  it('keeps its objects as files on ext4, with names short enough for it', async () => {
    for (const host of lab.hosts) {
      expect(await lab.on(host, 'cat /var/local/osd0/type; stat -f -c %T /var/local/osd0')).toBe(
        'filestore\next2/ext3\n',
      );
      expect(await lab.on(host, 'ceph-conf -s global --lookup osd_max_object_name_len')).toBe('256\n');
    }
  });

  it('shows the admin key to root only, on the hosts that need it', async () => {
    for (const host of lab.hosts) {
      expect(await lab.on(host, 'stat -c "%a %U:%G" /etc/ceph/ceph.client.admin.keyring')).toBe(
        '600 root:root\n',
      );
    }
  });

  it('changes nothing the second time', async () => {
    const second = await lab.up();
    expectNothingToDo(second);
    expect(second.summary).toMatchObject({ changed: 0, failed: 0, ok: first.tasks.length });
  });

  it('plans nothing more, and leaves no file changed then either', async () => {
    await lab.snapshot();
    expectNothingToDo(await lab.plan());
    for (const host of lab.hosts) expect(await changedByUs(host)).toEqual([]);
  });

  it('plans and repairs an OSD whose directory was given to root', async () => {
    await lab.on(
      'node2',
      'chown -R root:root /var/local/osd0; systemctl restart "ceph-osd@$(cat /var/local/osd0/whoami)" || :',
    );
    const expected = ['node2 ceph/ceph-osd-0-owner', 'node2 ceph/ceph-osd-0-up'];
    expect(named((await lab.plan()).tasks, 'change')).toEqual(expected);
    const cured = await lab.up();
    expectDone(cured);
    expect(named(cured.tasks, 'changed')).toEqual(expected);
    await lab.untilHealthy();
    expectNothingToDo(await lab.plan());
  });
});

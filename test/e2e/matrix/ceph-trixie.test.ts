import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, expectNothingToDo, HOSTS_DONE } from '../ceph-lab.js';
import { type JsonOutcome, named, provision } from '../provision.js';

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, unknown>>;
}

describe('Ceph 18 on Debian 13, without ceph-deploy and without filestore', () => {
  let lab: CephLab;
  let plan: JsonOutcome;
  let first: JsonOutcome;

  beforeAll(async () => {
    lab = await cephLab({
      name: 'ceph-trixie',
      hosts: 3,
      suite: 'trixie',
      upTo: HOSTS_DONE,
      change: ({ ceph }) => {
        ceph['pools'] = { kube: {} };
        ceph['images'] = { 'kube/registry': { size: '64M' } };
        ceph['clients'] = { kube: { pools: ['kube'] }, harbor: { path: '/apps/harbor' } };
      },
    });
    await lab.write('deploy.yaml', ({ ceph }) => (ceph['installer'] = 'ceph-deploy'));
    await lab.write('filestore.yaml', ({ ceph }) => (ceph['store'] = 'filestore'));
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it.each([
    ['ceph-deploy', 'deploy.yaml', /ceph-deploy/],
    ['filestore', 'filestore.yaml', /filestore/],
  ])('refuses %s before anything is changed, and says what works', async (_, file, words) => {
    await lab.snapshot();
    const refused = await provision(lab.folder, [
      'up',
      file,
      '--stage',
      'ceph',
      '--yes',
      '--output',
      'plain',
    ]);
    expect(refused.code).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(words);
    expect(refused.stdout + refused.stderr).toMatch(/installer: packages|bluestore/);
    for (const host of lab.hosts) expect(await lab.changedFiles(host)).toEqual([]);
  });

  it('plans what up then changes, task by task', async () => {
    plan = await lab.plan();
    expectDone(plan);
    first = await lab.up();
    expectDone(first);
    expect(named(first.tasks, 'changed')).toEqual(named(plan.tasks, 'change'));
  });

  it('has a healthy cluster, but for what Debian cannot load into its manager', async () => {
    const { checks } = await lab.ask<Health>('health');
    expect(Object.keys(checks).filter((code) => code !== 'MGR_MODULE_DEPENDENCY')).toEqual([]);
    expect((await lab.ask<{ num_up_osds: number }>('osd stat')).num_up_osds).toBe(3);
    for (const host of lab.hosts) {
      expect(await lab.on(host, 'cat /var/local/osd0/type; stat -c %s /var/local/osd0/block')).toBe(
        `bluestore\n${3 * 1024 ** 3}\n`,
      );
      expect(await lab.on(host, 'cat /etc/ceph/ceph.conf')).not.toContain('osd max object name');
    }
    expect(await lab.on('node1', 'ceph --version')).toContain(' 18.2.');
    expect(await lab.on('node1', 'rbd ls kube')).toBe('registry\n');
  });

  it('changes nothing the second time', async () => {
    expectNothingToDo(await lab.up());
  });

  it('comes back after its hosts were restarted', async () => {
    await lab.snapshot();
    await lab.restore();
    expectDone(await lab.up());
    expectNothingToDo(await lab.up());
  });
});

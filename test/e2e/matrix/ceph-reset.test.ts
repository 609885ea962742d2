import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, expectNothingToDo, HEALTHY } from '../ceph-lab.js';
import type { OsdTree } from '../ceph-state.js';
import { parseJson, provision } from '../provision.js';
import { until } from '../until.js';

const OTHER = 'packages.yaml';
/** What is there of a cluster. */
const OF_CLUSTER = `find /etc/ceph /var/log/ceph /var/local/osd0 -mindepth 1 ! -name rbdmap 2>/dev/null
find /var/lib/ceph -mindepth 2 ! -path /var/lib/ceph/crash/posted 2>/dev/null
ls -d /var/lib/ceph/provision* /etc/systemd/system/*/ceph-*@* 2>/dev/null
pgrep -a 'ceph-(mon|mgr|osd|mds)'`;
/** And what the packages bring, which only ceph-deploy takes away. */
const OF_PACKAGES = `ls -d /etc/ceph/* /var/lib/ceph/* /var/log/ceph/* 2>/dev/null; pgrep -a ceph-; dpkg-query -W ceph-common ceph-osd 2>/dev/null`;

describe('reset of the stage ceph', () => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({ name: 'ceph-reset', hosts: 3, upTo: HEALTHY });
    await lab.write(OTHER, ({ ceph }) => (ceph['installer'] = 'packages'));
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const reset = (...words: string[]) => provision(lab.folder, ['reset', '--stage', 'ceph', ...words]);

  const left = async (host: string, script: string): Promise<string> =>
    (await lab.exec(host, ['sh', '-c', script])).stdout;

  const quorum = async (): Promise<string[]> =>
    (await lab.ask<{ quorum_names: string[] }>('quorum_status')).quorum_names.toSorted();

  it('is refused with another name than that of the cluster, and changes nothing', async () => {
    const refused = await reset('--cluster', 'office', 'lab.yaml');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('"office" is not the name of the cluster. Nothing was changed.');
    expect(refused.stderr).toContain('node3: the OSD in /var/local/osd0');
    await lab.untilHealthy(10);
    expectNothingToDo(await lab.plan());
  });

  it('is refused without a terminal when no name is given, --yes or not', async () => {
    for (const words of [['lab.yaml'], ['--yes', 'lab.yaml']]) {
      const refused = await reset(...words);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('--cluster e2e-ceph-reset');
    }
    await lab.untilHealthy(10);
  });

  it('takes the cluster away when its name is given, and has nothing to do the second time', async () => {
    const done = await reset('--cluster', 'e2e-ceph-reset', 'lab.yaml');
    expect(done.code, done.stdout + done.stderr).toBe(0);
    for (const host of lab.hosts) expect(await left(host, `${OF_CLUSTER}; ${OF_PACKAGES}`)).toBe('');
    const again = parseJson(await reset('--cluster', 'e2e-ceph-reset', 'lab.yaml', '--output', 'json'));
    expectNothingToDo(again);
  });

  it('lets up make another one', async () => {
    expectDone(await lab.up());
    expectNothingToDo(await lab.up());
    await lab.untilHealthy();
  });

  it('and the same with the packages installer', async () => {
    await lab.restore(HEALTHY);
    const first = await lab.ask<{ fsid: string }>('fsid');
    const done = await reset('--cluster', 'e2e-ceph-reset', OTHER);
    expect(done.code, done.stdout + done.stderr).toBe(0);
    for (const host of lab.hosts) expect(await left(host, OF_CLUSTER)).toBe('');
    expectDone(await lab.up(OTHER));
    expectNothingToDo(await lab.up(OTHER));
    await lab.untilHealthy();
    expect(await lab.ask('fsid')).not.toEqual(first);
  });

  it('takes one host away, the others go on, and up brings it back once its dead OSD was purged', async () => {
    await lab.restore(HEALTHY);
    const id = (await lab.on('node3', 'cat /var/local/osd0/whoami')).trim();
    const done = await reset('--cluster', 'e2e-ceph-reset', '--host', 'node3', 'lab.yaml');
    expect(done.code, done.stdout + done.stderr).toBe(0);
    expect(await left('node3', OF_CLUSTER)).toBe('');
    await until('a quorum of the others', 60, async () => (await quorum()).join() === 'node1,node2');
    // Its own monitor may have gone before it could tell that it goes; then the other OSDs miss its heartbeats first.
    await until('its OSD down', 60, async () => {
      const { nodes } = await lab.ask<OsdTree>('osd tree');
      return nodes.some(({ name, status }) => name === `osd.${id}` && status === 'down');
    });
    await lab.on('node1', `ceph osd purge ${id} --yes-i-really-mean-it`);
    expectDone(await lab.up());
    expectNothingToDo(await lab.up());
    await lab.untilHealthy();
    expect(await quorum()).toEqual(lab.hosts);
  });
});

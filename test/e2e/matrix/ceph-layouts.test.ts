import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Change,
  type CephLab,
  cephLab,
  expectDone,
  expectNothingToDo,
  type HostData,
  HOSTS_DONE,
  type InventoryData,
} from '../ceph-lab.js';
import type { OsdTree } from '../ceph-state.js';
import { type JsonOutcome, named } from '../provision.js';

/** Names as clouds give them. */
const CLOUD_NAMES = { node1: 'iZ25mjza4msZ', node2: 'iZ25beglnhtZ', node3: 'iZ2zeg0hbZ' };

const TWO_HOSTS = 'lab.yaml';
const SECOND_DIRECTORY = 'second-directory.yaml';
const THIRD_HOST = 'third-host.yaml';
const THREE_MONITORS = 'three-monitors.yaml';

describe('layouts of a Ceph cluster', () => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({
      name: 'ceph-layouts',
      hosts: 3,
      upTo: HOSTS_DONE,
      before: (fresh) =>
        Promise.all(
          Object.entries(CLOUD_NAMES).map(([host, name]) =>
            fresh.exec(host, ['sh', '-c', `echo ${name} >/etc/hostname; hostname ${name}`]),
          ),
        ),
      change: twoHosts,
    });
    await lab.write(SECOND_DIRECTORY, secondDirectory);
    await lab.write(THIRD_HOST, both(secondDirectory, thirdHost));
    await lab.write(THREE_MONITORS, both(secondDirectory, thirdHost, threeMonitors));
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const osdsByHost = async (): Promise<Record<string, number>> => {
    const { nodes } = await lab.ask<OsdTree>('osd tree');
    const hosts = nodes.filter(({ type }) => type === 'host');
    return Object.fromEntries(hosts.map(({ name, children = [] }) => [name, children.length]));
  };

  const monitors = async (): Promise<string[]> =>
    (await lab.ask<{ quorum_names: string[] }>('quorum_status')).quorum_names.toSorted();

  const poolSizes = async (): Promise<number[]> => {
    const { pools } = await lab.ask<{ pools: { size: number }[] }>('osd dump');
    return [...new Set(pools.map(({ size }) => size))];
  };

  const converges = async (file: string): Promise<JsonOutcome> => {
    const outcome = await lab.up(file);
    expectDone(outcome);
    await lab.untilHealthy();
    expectNothingToDo(await lab.up(file));
    return outcome;
  };

  const changedOn = (outcome: JsonOutcome): Set<string> =>
    new Set(outcome.tasks.filter(({ status }) => status === 'changed').map(({ host }) => host));

  it("the articles' two hosts with one monitor, whose names had capitals before", async () => {
    for (const host of lab.hosts) expect(await lab.on(host, 'uname -n')).toBe(`${host}\n`);
    await converges(TWO_HOSTS);
    expect(await monitors()).toEqual(['node1']);
    expect(await osdsByHost()).toEqual({ node1: 1, node2: 1 });
    expect(await poolSizes()).toEqual([2]);
    expect(await lab.on('node1', 'ceph osd tree; ceph mon dump 2>&1; ceph mgr dump')).not.toMatch(/iZ2/);
    expect((await lab.exec('node3', ['sh', '-c', 'ls /etc/ceph'])).stdout).toBe('');
  });

  it('one more directory of a host becomes an OSD, and nothing else is touched', async () => {
    const outcome = await converges(SECOND_DIRECTORY);
    expect(await osdsByHost()).toEqual({ node1: 1, node2: 2 });
    expect(named(outcome.tasks, 'changed')).toEqual([
      'node1 ceph/ceph-write-read',
      'node2 ceph/ceph-osd-1-data',
      'node2 ceph/ceph-osd-1-link',
      'node2 ceph/ceph-osd-1-up',
    ]);
  });

  it('one more host joins with its OSD', async () => {
    await converges(THIRD_HOST);
    expect(await osdsByHost()).toEqual({ node1: 1, node2: 2, node3: 1 });
    expect(await monitors()).toEqual(['node1']);
  });

  it('two more monitors join the quorum, and every ceph.conf knows them', async () => {
    await converges(THREE_MONITORS);
    expect(await monitors()).toEqual(lab.hosts);
    for (const host of lab.hosts) {
      expect(await lab.on(host, 'ceph-conf -s global --lookup mon_host')).toBe(
        `${lab.hosts.map((each) => lab.address(each)).join(',')}\n`,
      );
    }
  });

  it('what the inventory no longer lists is noted, and left as it is', async () => {
    const fsid = await lab.ask('fsid');
    const outcome = await lab.up(TWO_HOSTS);
    expectDone(outcome);
    const notes = outcome.tasks.flatMap(({ notes: some = [] }) => some).join('\n');
    expect(notes).toMatch(/mon\.node2 is in the cluster,? and not in the inventory/);
    expect(notes).toMatch(/mon\.node3 is in the cluster,? and not in the inventory/);
    expect(notes).toMatch(/osd\.\d+ on node3 is in the cluster and not in the inventory/);
    expect(notes).toMatch(/node2 has the OSDs osd\.\d+, osd\.\d+ in the cluster, and the inventory lists 1/);
    expect(changedOn(outcome)).not.toContain('node3');
    expect(await osdsByHost()).toEqual({ node1: 1, node2: 2, node3: 1 });
    expect(await monitors()).toEqual(lab.hosts);
    expect(await lab.ask('fsid')).toEqual(fsid);
    await lab.untilHealthy(30);
  });

  it('host after host with --serial comes to the same', async () => {
    await lab.restore(HOSTS_DONE);
    const outcome = await lab.up(THREE_MONITORS, '--serial');
    expectDone(outcome);
    await lab.untilHealthy();
    expectNothingToDo(await lab.up(THREE_MONITORS));
    expect(await osdsByHost()).toEqual({ node1: 1, node2: 2, node3: 1 });
    expect(await monitors()).toEqual(lab.hosts);
  });
});

describe('layouts with the packages installer', () => {
  let lab: CephLab;

  beforeAll(async () => {
    const packages: Change = ({ ceph }) => (ceph['installer'] = 'packages');
    lab = await cephLab({
      name: 'ceph-layouts-p',
      hosts: 3,
      upTo: HOSTS_DONE,
      change: both(twoHosts, packages),
    });
    await lab.write(THREE_MONITORS, both(secondDirectory, thirdHost, threeMonitors));
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it('two hosts become three, with a second directory and two more monitors, all at once', async () => {
    expectDone(await lab.up());
    await lab.untilHealthy();
    expectDone(await lab.up(THREE_MONITORS));
    await lab.untilHealthy();
    expectNothingToDo(await lab.up(THREE_MONITORS));
    const { quorum_names: quorum } = await lab.ask<{ quorum_names: string[] }>('quorum_status');
    expect(quorum.toSorted()).toEqual(lab.hosts);
    expect((await lab.ask<{ num_up_osds: number }>('osd stat')).num_up_osds).toBe(4);
  });
});

function both(...changes: readonly Change[]): Change {
  return (inventory) => {
    for (const change of changes) change(inventory);
  };
}

/** One monitor, an OSD on each of two hosts; the third host has nothing of Ceph. */
function twoHosts({ hosts }: InventoryData): void {
  hostOf(hosts, 'node1').roles = ['mon', 'mgr', 'osd', 'mds'];
  hostOf(hosts, 'node2').roles = ['osd'];
  hostOf(hosts, 'node3').roles = ['docker'];
}

function secondDirectory({ hosts }: InventoryData): void {
  hostOf(hosts, 'node2').osds = ['/var/local/osd0', '/data/osd1'];
}

function thirdHost({ hosts }: InventoryData): void {
  hostOf(hosts, 'node3').roles = ['osd'];
}

function threeMonitors({ hosts }: InventoryData): void {
  hostOf(hosts, 'node2').roles.push('mon');
  hostOf(hosts, 'node3').roles.push('mon');
}

function hostOf(hosts: InventoryData['hosts'], name: string): HostData {
  const host = hosts[name];
  if (host === undefined) throw new Error(`the inventory has no ${name}`);
  return host;
}

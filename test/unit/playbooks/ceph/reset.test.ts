import { describe, expect, it } from 'vitest';
import { reset } from '../../../../playbooks/ceph/reset.js';
import { hostPlay } from '../../../../src/engine/host-play.js';
import type { PlaybookContext } from '../../../../src/engine/play.js';
import type { Host, Inventory } from '../../../../src/inventory/inventory.js';
import { itIsMadeOfScripts } from '../assembled.js';
import { aHost, anInventory, cephSettings } from '../fixtures.js';

const hosts = [
  aHost('node1', '10.0.0.11', ['mon', 'mgr', 'mds']),
  { ...aHost('node2', '10.0.0.12', ['osd']), osds: ['/dev/sdb', "/srv/osd 'a'"] },
  aHost('node3', '10.0.0.13', ['osd']),
];

function context(changes: Partial<Inventory> = {}): PlaybookContext {
  return { inventory: anInventory({ hosts, ...changes }), facts: new Map(), outputs: new Map() };
}

function pick(...names: readonly string[]): readonly Host[] {
  return hosts.filter(({ name }) => names.includes(name));
}

/** `play host task` of everything that would be done. */
function tasks(known: PlaybookContext, chosen: readonly Host[]): string[] {
  return reset
    .plays(known, chosen)
    .flatMap((play) =>
      play.hosts.flatMap((host) =>
        hostPlay('ceph', play, host).tasks.map(({ id }) => `${play.id} ${host.name} ${id}`),
      ),
    );
}

describe('resetting Ceph', () => {
  it('lets nobody use the cluster, stops it, has it purged, and removes what is left', () => {
    const done = tasks(context(), hosts);
    const plays = [...new Set(done.map((line) => line.split(' ')[0]))];
    expect(plays).toEqual(['ceph-reset-users', 'ceph-reset-daemons', 'ceph-reset-purge', 'ceph-reset-data']);
    expect(done.filter((line) => line.startsWith('ceph-reset-purge'))).toEqual([
      'ceph-reset-purge node1 ceph-reset-purge',
    ]);
    expect(done.filter((line) => line.includes('ceph-reset-data node2'))).toEqual(
      ['osd-0', 'devices', 'files', 'units', 'work', 'proofs'].map(
        (id) => `ceph-reset-data node2 ceph-reset-${id}`,
      ),
    );
  });

  it('touches no other host than those that were chosen', () => {
    const chosen = pick('node2');
    expect(tasks(context(), chosen).every((line) => line.split(' ')[1] === 'node2')).toBe(true);
    const admin = reset.plays(context(), pick('node1', 'node2'));
    const purge = admin.find(({ id }) => id === 'ceph-reset-purge')?.tasks(hosts[0] as Host)[0];
    expect(purge?.apply?.source).toMatch(/purge_hosts cephd \/home\/cephd\/ceph-deploy node1 node2\n/);
  });

  it('has nothing purged where ceph-deploy did not deploy', () => {
    const known = context({ ceph: { ...cephSettings, installer: 'packages' } });
    expect(tasks(known, hosts).some((line) => line.includes('purge'))).toBe(false);
    expect(reset.loses(known, hosts).some((line) => line.includes('packages'))).toBe(false);
  });

  it('says what is lost and what is not', () => {
    expect(reset.loses(context(), hosts)).toEqual([
      'the cluster with all its pools, images, files and keys',
      "node2: the OSD in /srv/osd 'a'",
      'node3: the OSD in /var/local/osd0',
      'node1, node2, node3: /etc/ceph, /var/lib/ceph, the logs, and mounts of CephFS',
      'node1, node2, node3: the packages of Ceph (ceph-deploy purge)',
      'node2: /dev/sdb stops being an OSD; its data is not erased',
    ]);
    expect(reset.loses(context(), pick('node3'))[0]).toContain('what node3 hold');
    expect(reset.loses(context({ hosts: [aHost('node1', '10.0.0.11', ['docker'])] }), [])).toEqual([]);
  });

  it('never names a device to a command that writes', () => {
    for (const play of reset.plays(context(), hosts)) {
      for (const task of play.tasks(hosts[1] as Host)) {
        expect([task.id, task.apply?.source.includes('/dev/sdb') ?? false]).toEqual([task.id, false]);
      }
    }
  });

  itIsMadeOfScripts(() => reset.plays(context(), hosts).flatMap((play) => play.tasks(hosts[1] as Host)));
});

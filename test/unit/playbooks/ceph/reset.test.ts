import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reset } from '../../../../playbooks/ceph/reset.js';
import { hostPlay } from '../../../../src/engine/host-play.js';
import type { PlaybookContext } from '../../../../src/engine/play.js';
import type { Host, Inventory } from '../../../../src/inventory/inventory.js';
import { LIBRARY } from '../../../../src/tasks/library.js';
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

  it('is made of scripts that shellcheck and the shells accept', () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-reset-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const scripts = reset
      .plays(context(), hosts)
      .flatMap((play) => play.tasks(hosts[1] as Host))
      .flatMap(({ check, apply }) => [check, ...(apply === undefined ? [] : [apply])]);
    const files = scripts.map(({ source }, index) => {
      const file = join(folder, `${index}.sh`);
      writeFileSync(
        file,
        `#!/bin/sh\nset -u\nMODE=look SECRETS=/s STATE=/t RUN_ID=r PENDING=\n${LIBRARY}\n(\n${source}\n)\n`,
      );
      return file;
    });
    const excluded =
      'SC2034,SC2050,SC2194,SC2317,SC2329,SC2015,SC2016,SC2043,SC2086,SC1091,SC2154,SC2218,SC2120,SC2119';
    const words = ['--shell=sh', '--severity=warning', `--exclude=${excluded}`, '--format=gcc', ...files];
    expect(spawnSync('shellcheck', words, { encoding: 'utf8' })).toMatchObject({ stdout: '', status: 0 });
    for (const [shell = '', ...args] of [['dash'], ['bash'], ['busybox', 'ash']]) {
      for (const file of files) {
        expect(spawnSync(shell, [...args, '-n', file], { encoding: 'utf8' })).toMatchObject({
          stderr: '',
          status: 0,
        });
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { pitfalls } from '../../../playbooks/ceph/pitfalls.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import { aCephInventory } from '../playbooks/fixtures.js';
import { CEPH_LINES, HEALTHY_CEPH_LINES } from './ceph-lines.js';

const cases = Object.entries(CEPH_LINES).flatMap(([id, lines]) => lines.map((line) => [id, line] as const));

describe('the pitfalls of Ceph', () => {
  it.each(cases)('knows %s by "%s"', (id, line) => expect(matchPitfall([line], pitfalls)?.id).toBe(id));

  it('has no symptom that no documented line shows', () => {
    for (const { id, symptoms } of pitfalls) {
      for (const symptom of symptoms) {
        expect([id, symptom, CEPH_LINES[id]?.some((line) => symptom.test(line))]).toEqual([
          id,
          symptom,
          true,
        ]);
      }
    }
  });

  it.each(HEALTHY_CEPH_LINES)('leaves "%s" alone', (line) =>
    expect(matchPitfall([line], pitfalls)).toBeUndefined(),
  );

  it('names the cause in a log rather than what it leads to', () => {
    const log = ['osd.0 is down and in', 'the last of /var/log/ceph/ceph-osd.0.log:'];
    const cause = (id: string) => CEPH_LINES[id]?.at(-1) ?? '';
    for (const id of ['ceph-osd-permission', 'ceph-osd-ext4-names']) {
      expect(
        matchPitfall([...log, cause(id), 'Mend what the lines above tell, then run again'], pitfalls)?.id,
      ).toBe(id);
    }
    expect(matchPitfall(log, pitfalls)?.id).toBe('ceph-osd-down-after-activate');
  });

  it('cures by the stage or by commands, but never what is somebody’s data', () => {
    const without = pitfalls.filter(({ remedy }) => remedy.cure === undefined).map(({ id }) => id);
    expect(without).toEqual(['ceph-leftovers', 'ceph-k8s-admin-user']);
    const scripts = pitfalls.flatMap(({ remedy }) => remedy.cure ?? []);
    for (const step of scripts) {
      if ('stage' in step) expect(step.stage).toBe('ceph');
      else
        expect(step.commands.source).not.toMatch(/quoted[^\n]*(?:osd purge|osd rm|rbd rm|rbd remove|rm -r)/);
    }
  });

  it('asks the cluster only where it can answer, and of hosts what the inventory says of them', () => {
    const asked = pitfalls.flatMap(({ id, clusterProbe }) =>
      clusterProbe === undefined ? [] : [[id, clusterProbe.asks.join(' and ')]],
    );
    expect(Object.fromEntries(asked)).toEqual({
      'ceph-pool-size': 'ceph',
      'cephfs-no-mds': 'ceph',
      'rbd-features': 'kubernetes and ceph',
      'rbd-image-missing': 'kubernetes and ceph',
      'rbd-image-locked': 'kubernetes and ceph',
      'rbd-rwo-deployment': 'kubernetes',
      'ceph-secret-newline': 'kubernetes',
      'rbd-pv-recycle': 'kubernetes',
      'ceph-k8s-admin-user': 'kubernetes',
    });
    const lastLines = (id: string, installer: 'ceph-deploy' | 'packages', name: string): string => {
      const inventory = aCephInventory({ installer });
      const host = inventory.hosts.find((each) => each.name === name);
      const probe = pitfalls.find((pitfall) => pitfall.id === id)?.probe;
      if (host === undefined || typeof probe !== 'function') throw new Error(`${id} asks no host`);
      return probe(inventory, host).source.split('\n').slice(-5).join('\n');
    };
    expect(lastLines('ceph-deploy-user', 'packages', 'node1')).not.toContain('probe_deploy_');
    expect(lastLines('ceph-deploy-user', 'ceph-deploy', 'node2')).toContain(
      'probe_deploy_user /etc/ceph/ceph.conf cephd',
    );
    expect(lastLines('ceph-deploy-user', 'ceph-deploy', 'node2')).not.toContain('probe_deploy_access');
    expect(lastLines('ceph-deploy-user', 'ceph-deploy', 'node1')).toContain('cephd node1 node2');
    expect(lastLines('ceph-cli-hangs', 'packages', 'node1')).toMatch(/mon node1$/);
    expect(lastLines('ceph-cli-hangs', 'packages', 'node2')).toMatch(/mon$/);
    expect(lastLines('ceph-osd-permission', 'packages', 'node2')).toMatch(/osd \/var\/local\/osd0$/);
    expect(lastLines('rbd-features', 'packages', 'node2')).toContain('probe_default_features');
  });

  it('tells nobody to make a key readable, to put one into a command, or to recycle', () => {
    for (const { remedy } of pitfalls) {
      const text = remedy.steps.join('\n');
      expect(text).not.toMatch(/(?<!Never )chmod [+a0-7]*(?:\+r|[0-7]{2}[4-7])\b/);
      expect(text).not.toMatch(/--from-literal=key|echo KEY|reclaimPolicy: Recycle/);
    }
  });
});

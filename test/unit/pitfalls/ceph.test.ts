import { describe, expect, it } from 'vitest';
import { pitfalls } from '../../../playbooks/ceph/pitfalls.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
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

  it('tells nobody to make a key readable, to put one into a command, or to recycle', () => {
    for (const { remedy } of pitfalls) {
      const text = remedy.steps.join('\n');
      expect(text).not.toMatch(/(?<!Never )chmod [+a0-7]*(?:\+r|[0-7]{2}[4-7])\b/);
      expect(text).not.toMatch(/--from-literal=key|echo KEY|reclaimPolicy: Recycle/);
    }
  });
});

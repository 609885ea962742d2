import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Case } from '../doctor/case.js';
import { cephCases } from '../doctor/cases-ceph.js';
import { dockerCases, hostCases } from '../doctor/cases-hosts.js';
import { kubernetesCases } from '../doctor/cases-kubernetes.js';
import { networkCases } from '../doctor/cases-network.js';
import { type Platform, platform, WELL } from '../doctor/platform.js';
import { cure, finds, type Row, runCase, tableText } from '../doctor/run-case.js';

const cases: readonly Case[] = [
  ...hostCases,
  ...dockerCases,
  ...kubernetesCases,
  ...networkCases,
  ...cephCases,
];
const HEALTHY_RUNS = 10;
const PAIRS = 5;

/** Each documented failure is made to happen on a platform that is well, found as what it is and nothing else, cured, and gone. */
describe('doctor', () => {
  let lab: Platform;
  const table: Row[] = [];
  /** A case that was not cured leaves nothing to the next one. */
  let isWell = true;

  beforeAll(async () => {
    lab = await platform('doctor');
  }, 1_200_000);

  beforeEach(async () => {
    if (isWell) return;
    await lab.restore(WELL);
    await lab.untilWell();
    isWell = true;
  });

  afterAll(async () => {
    process.stdout.write(tableText(table));
    await lab.destroy();
  });

  it('finds nothing on a platform that is well, ten times', async () => {
    for (let run = 0; run < HEALTHY_RUNS; run += 1) {
      const { found, code, stdout } = await lab.doctor();
      expect(found, stdout).toEqual([]);
      expect(code).toBe(0);
    }
  });

  it.each(cases.map((each) => [each.id, each] as const))(
    'finds exactly %s, and cures it',
    async (id, each) => {
      isWell = false;
      const row = { id, reproduced: false, detected: false, cured: false };
      table.push(row);
      await runCase(lab, each, row);
      isWell = true;
    },
  );

  it.each(randomPairs())('finds both of %s and %s at once', async (one, other) => {
    isWell = false;
    const pair = [one, other].map((id) => cases.find((each) => each.id === id) as Case);
    for (const each of pair) await each.make(lab);
    await finds(lab, one, other);
    // A stage that is run for the one may cure the other too.
    for (const each of pair) await cure(lab, each);
    for (const each of pair) await each.after?.(lab);
    await finds(lab);
    await lab.untilWell();
    isWell = true;
  });
});

/** Drawn anew in each run; the names of the tests say which they were. */
function randomPairs(): readonly (readonly [string, string])[] {
  const ids = cases.filter(({ pairs }) => pairs === true).map(({ id }) => id);
  const all = ids.flatMap((one, index) => ids.slice(index + 1).map((other) => [one, other] as const));
  return Array.from({ length: PAIRS }, () => all.splice(Math.floor(Math.random() * all.length), 1)).flat();
}

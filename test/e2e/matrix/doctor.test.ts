import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../doctor/case.js';
import { cephCases } from '../doctor/cases-ceph.js';
import { dockerCases, hostCases } from '../doctor/cases-hosts.js';
import { kubernetesCases } from '../doctor/cases-kubernetes.js';
import { networkCases } from '../doctor/cases-network.js';
import { type Platform, platform } from '../doctor/platform.js';
import { until } from '../until.js';

const cases: readonly Case[] = [
  ...hostCases,
  ...dockerCases,
  ...kubernetesCases,
  ...networkCases,
  ...cephCases,
];
/** What became of a case. */
interface Row {
  reproduced: boolean;
  detected: boolean;
  cured: boolean;
}

/** Seconds within which a failure shows, and within which it is forgotten after its cure. */
const SHOWS = 150;
const GONE = 240;
const HEALTHY_RUNS = 10;
const PAIRS = 5;

/** Each documented failure is made to happen on a platform that is well, found as what it is and nothing else, cured, and gone. */
describe('doctor', () => {
  let lab: Platform;
  const table: Record<string, Row> = {};

  beforeAll(async () => {
    lab = await platform('doctor');
  }, 1_200_000);

  afterAll(async () => {
    process.stdout.write(tableText(table));
    await lab?.destroy();
  });

  const finds = async (...ids: readonly string[]): Promise<void> => {
    let said = '';
    const wanted = [...ids].toSorted().join(' ');
    await until(`doctor finds ${wanted || 'nothing'}`, ids.length === 0 ? GONE : SHOWS, async () => {
      const { found, stdout } = await lab.doctor();
      said = `${found.join(' ')}\n${stdout}`;
      return [...found].toSorted().join(' ') === wanted;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it says: ${said}`);
    });
  };

  const cure = async ({ id, byHand, inventory }: Case): Promise<void> => {
    await inventory?.(lab);
    if (byHand !== undefined) {
      await byHand(lab);
      return;
    }
    const { code, stdout, stderr } = await lab.fix(id);
    expect(code, stdout + stderr).toBe(0);
    expect(stderr).toContain(`${id} no longer shows`);
  };

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
      const row = { reproduced: false, detected: false, cured: false };
      table[id] = row;
      await each.make(lab);
      row.reproduced = true;
      await finds(id);
      row.detected = true;
      await cure(each);
      await each.after?.(lab);
      await finds();
      await lab.untilWell();
      row.cured = true;
    },
  );

  it.each(randomPairs())('finds both of %s and %s at once', async (one, other) => {
    const pair = [one, other].map((id) => cases.find((each) => each.id === id) as Case);
    for (const each of pair) await each.make(lab);
    await finds(one, other);
    for (const each of pair) await cure(each);
    for (const each of pair) await each.after?.(lab);
    await finds();
    await lab.untilWell();
  });
});

function tableText(table: Readonly<Record<string, Row>>): string {
  const line = (id: string, ...cells: readonly string[]): string =>
    `${id.padEnd(30)}${cells.map((cell) => cell.padEnd(12)).join('')}\n`;
  const rows = Object.entries(table).map(([id, { reproduced, detected, cured }]) =>
    line(id, ...[reproduced, detected, cured].map((done) => (done ? 'yes' : 'NO'))),
  );
  return line('id', 'reproduced', 'detected', 'cured') + rows.join('');
}

/** Drawn anew in each run; the names of the tests say which they were. */
function randomPairs(): readonly (readonly [string, string])[] {
  const ids = cases.filter(({ pairs }) => pairs === true).map(({ id }) => id);
  const all = ids.flatMap((one, index) => ids.slice(index + 1).map((other) => [one, other] as const));
  return Array.from({ length: PAIRS }, () => all.splice(Math.floor(Math.random() * all.length), 1)).flat();
}

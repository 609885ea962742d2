import { expect } from 'vitest';
import { until } from '../until.js';
import type { Case } from './case.js';
import type { Platform } from './platform.js';

/** What became of a case. */
export interface Row {
  readonly id: string;
  reproduced: boolean;
  detected: boolean;
  cured: boolean;
}

/** Seconds within which a failure shows, and within which it is forgotten after its cure. */
const SHOWS = 150;
const GONE = 240;

/** The doctor finds these pitfalls and no other, or nothing. */
export async function finds(lab: Platform, ...ids: readonly string[]): Promise<void> {
  let said = '';
  const wanted = [...ids].toSorted().join(' ');
  await until(`doctor finds ${wanted || 'nothing'}`, ids.length === 0 ? GONE : SHOWS, async () => {
    const { found, stdout } = await lab.doctor();
    said = `${found.join(' ')}\n${stdout}`;
    return [...found].toSorted().join(' ') === wanted;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it says: ${said}`);
  });
}

/** By the doctor, or by hand where only the operator can. @returns what the doctor said */
export async function cure(lab: Platform, { id, byHand, inventory }: Case): Promise<string | undefined> {
  await inventory?.(lab);
  if (byHand !== undefined) {
    await byHand(lab);
    return undefined;
  }
  const { code, stdout, stderr } = await lab.fix(id);
  expect(code, stdout + stderr).toBe(0);
  return stderr;
}

/** From a platform that is well, and back to one. */
export async function runCase(lab: Platform, each: Case, row: Row): Promise<void> {
  await each.make(lab);
  row.reproduced = true;
  await finds(lab, each.id);
  row.detected = true;
  const said = await cure(lab, each);
  if (said !== undefined) expect(said).toContain(`${each.id} no longer shows`);
  await each.after?.(lab);
  await finds(lab);
  await lab.untilWell();
  row.cured = true;
}

export function tableText(rows: readonly Row[]): string {
  const line = (id: string, ...cells: readonly string[]): string =>
    `${id.padEnd(30)}${cells.map((cell) => cell.padEnd(12)).join('')}\n`;
  const text = rows.map(({ id, reproduced, detected, cured }) =>
    line(id, ...[reproduced, detected, cured].map((done) => (done ? 'yes' : 'NO'))),
  );
  return line('id', 'reproduced', 'detected', 'cured') + text.join('');
}

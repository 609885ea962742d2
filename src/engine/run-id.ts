import { randomBytes } from 'node:crypto';

/** Sorts by time; the tail keeps two runs of the same second apart. */
export function newRunId(now: Date = new Date()): string {
  const time = now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

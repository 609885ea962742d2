import { readFileSync } from 'node:fs';
import { rawScript } from '../shell/script.js';

/** What checks ask systemd: see unit.sh. */
export const UNIT_FUNCTIONS = rawScript(readFileSync(new URL('./unit.sh', import.meta.url), 'utf8'));
/** Changing the state of units: see unit-apply.sh. */
export const UNIT_APPLY_FUNCTIONS = rawScript(
  readFileSync(new URL('./unit-apply.sh', import.meta.url), 'utf8'),
);

/** @throws RangeError for a name that systemd does not allow: it would be read as a path or a pattern. */
export function unitName(unit: string): string {
  if (!/^[A-Za-z0-9:_\\@][A-Za-z0-9:_.\\@-]*\.[a-z]+$/.test(unit)) {
    throw new RangeError(`"${unit}" is not the name of a unit such as docker.service`);
  }
  return unit;
}

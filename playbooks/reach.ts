import { readFileSync } from 'node:fs';
import { lines, rawScript, sh } from '../src/shell/script.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** Shell functions that ask many others at once whether they can be reached: see reach.sh and reach.pl. */
export const REACH = lines(sh`REACH_PROGRAM=${read('./reach.pl')}`, rawScript(read('./reach.sh')));

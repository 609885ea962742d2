import { readFileSync } from 'node:fs';
import { lines, rawScript } from '../../src/shell/script.js';
import { KUBECTL } from './kubectl.js';

/** What a host and its cluster show: see probes.sh. */
export const PROBES = lines(
  KUBECTL,
  rawScript(readFileSync(new URL('./probes.sh', import.meta.url), 'utf8')),
);

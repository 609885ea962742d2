import { readFileSync } from 'node:fs';
import { lines, rawScript } from '../../src/shell/script.js';
import { KUBECTL } from './kubectl.js';

/** Taking pods from a node and letting them come back: see drain.sh. */
export const DRAIN = lines(KUBECTL, rawScript(readFileSync(new URL('./drain.sh', import.meta.url), 'utf8')));

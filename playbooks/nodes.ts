import { readFileSync } from 'node:fs';
import { lines, rawScript, sh, sharing } from '../src/shell/script.js';
import { KUBECTL } from './kubernetes/kubectl.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./nodes.sh', import.meta.url), 'utf8')));

/** Shell functions for probes that look at the nodes of the cluster: see nodes.sh. */
export const NODES = sharing(FUNCTIONS, {
  variable: 'NODES',
  script: sh`${FUNCTIONS}
node_lines`,
});

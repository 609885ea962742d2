import { readFileSync } from 'node:fs';
import { lines, rawScript, sh, sharing } from '../src/shell/script.js';
import { API_LIST } from './api-list.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

const FUNCTIONS = lines(API_LIST, sh`NODES_AWK=${read('./nodes.awk')}`, rawScript(read('./nodes.sh')));

/** Shell functions for probes that look at the nodes of the cluster: see nodes.sh and nodes.awk. */
export const NODES = sharing(FUNCTIONS, {
  variable: 'NODES',
  script: sh`${FUNCTIONS}
node_lines`,
});

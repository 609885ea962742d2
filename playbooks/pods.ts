import { readFileSync } from 'node:fs';
import { lines, rawScript, sh, sharing } from '../src/shell/script.js';
import { API_LIST } from './api-list.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

const FUNCTIONS = lines(API_LIST, sh`PODS_AWK=${read('./pods.awk')}`, rawScript(read('./pods.sh')));

/** Shell functions for probes that look at what runs in the cluster: see pods.sh and pods.awk. */
export const PODS = sharing(FUNCTIONS, {
  variable: 'PODS',
  script: sh`${FUNCTIONS}
pod_lines`,
});

import { readFileSync } from 'node:fs';
import { lines, rawScript, sh, sharing } from '../src/shell/script.js';
import { KUBECTL } from './kubernetes/kubectl.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./pods.sh', import.meta.url), 'utf8')));

/** Shell functions for probes that look at what runs in the cluster: see pods.sh. */
export const PODS = sharing(FUNCTIONS, {
  variable: 'PODS',
  script: sh`${FUNCTIONS}
pod_lines`,
});

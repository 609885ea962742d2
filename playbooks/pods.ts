import { readFileSync } from 'node:fs';
import { lines, rawScript } from '../src/shell/script.js';
import { KUBECTL } from './kubernetes/kubectl.js';

/** Shell functions for probes that look at what runs in the cluster: see pods.sh. */
export const PODS = lines(KUBECTL, rawScript(readFileSync(new URL('./pods.sh', import.meta.url), 'utf8')));

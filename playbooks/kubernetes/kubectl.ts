import { readFileSync } from 'node:fs';
import { rawScript } from '../../src/shell/script.js';

/** Shell functions for scripts on control planes: `kube WORDS...`, `api_answers`, `wait_until`. */
export const KUBECTL = rawScript(readFileSync(new URL('./kubectl.sh', import.meta.url), 'utf8'));

import { readFileSync } from 'node:fs';
import { rawScript, sh } from '../../src/shell/script.js';

/** Shell functions for scripts on control planes: `kube WORDS...`, `api_answers`, `wait_until`. */
export const KUBECTL = rawScript(readFileSync(new URL('./kubectl.sh', import.meta.url), 'utf8'));

/** See Playbook.access. */
export const KUBERNETES_ACCESS = sh`${KUBECTL}
can_ask_cluster`;

import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./swap-off.sh', import.meta.url), 'utf8'));
/** Seconds: what lies in the swap must be read back into memory. */
const SWAPOFF_TIMEOUT = 600;

/** No swap, now and after a restart. The lines of /etc/fstab stay, as comments. */
export function swapOff(options: TaskOptions): Task {
  return makeTask(options, {
    title: 'swap is off',
    timeout: { apply: SWAPOFF_TIMEOUT },
    check: sh`${FUNCTIONS}
check_swap`,
    apply: sh`${FUNCTIONS}
apply_swap`,
  });
}

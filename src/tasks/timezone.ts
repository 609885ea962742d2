import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';

export interface TimezoneOptions extends TaskOptions {
  /** A name of the time zone database, such as Asia/Shanghai. */
  readonly name: string;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./timezone.sh', import.meta.url), 'utf8'));

/** The host's time zone: /etc/localtime in the way this system makes it, and /etc/timezone where the system has that. */
export function timezone(options: TimezoneOptions): Task {
  const { name } = options;
  return makeTask(options, {
    title: `the time zone is ${name}`,
    check: sh`${FUNCTIONS}
check_zone ${name}`,
    apply: sh`${FUNCTIONS}
apply_zone ${name}`,
  });
}

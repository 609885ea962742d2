import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { lines, rawScript, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';
import { UNIT_APPLY_FUNCTIONS, UNIT_FUNCTIONS, unitName } from './unit.js';

export interface ServiceOptions extends TaskOptions {
  /** With its kind: docker.service. Without systemd, the part before the dot is the name. */
  readonly unit: string;
  /** Starts with the host. */
  readonly enabled: boolean;
  readonly running: boolean;
}

const CHECK = rawScript(readFileSync(new URL('./service-check.sh', import.meta.url), 'utf8'));
const APPLY = rawScript(readFileSync(new URL('./service-apply.sh', import.meta.url), 'utf8'));
/** Seconds: dockerd with many containers takes minutes to stop. */
const SERVICE_TIMEOUT = 600;

/** A service that does or does not run, now and after a restart of the host. One that is to run is unmasked. */
export function service(options: ServiceOptions): Task {
  const unit = unitName(options.unit);
  const words = [unit, options.enabled ? 'yes' : 'no', options.running ? 'yes' : 'no'];
  const title = `${unit} is ${options.enabled ? 'enabled' : 'disabled'} and ${options.running ? 'running' : 'stopped'}`;
  const functions = lines(UNIT_FUNCTIONS, CHECK);
  return makeTask(options, {
    title,
    timeout: { apply: SERVICE_TIMEOUT },
    check: sh`${functions}
check_service ${words}`,
    apply: sh`${functions}
${UNIT_APPLY_FUNCTIONS}
${APPLY}
apply_service ${words}`,
  });
}

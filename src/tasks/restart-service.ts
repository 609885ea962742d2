import { readFileSync } from 'node:fs';
import type { Handler } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';
import { UNIT_APPLY_FUNCTIONS, UNIT_FUNCTIONS, unitName } from './unit.js';

export interface RestartServiceOptions extends TaskOptions {
  /** A service: docker.service. */
  readonly unit: string;
  /** The files that it reads when it starts, drop-ins of its unit among them. */
  readonly reads: readonly string[];
  /** Ids of the tasks of the play that write them. */
  readonly tasks: readonly string[];
  /** The service reads the files again without a restart. */
  readonly reload?: boolean | undefined;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./restart-service.sh', import.meta.url), 'utf8'));
/** Seconds: dockerd with many containers takes minutes to stop. */
const RESTART_TIMEOUT = 600;

/**
 * A running service runs with the present content of its files. Whether it does is read from the host: the service was
 * started after the files were written, and where it was by us, with this very content. So a restart that a broken run owes stays due.
 * A service that does not run owes none. Needs systemd.
 */
export function restartService(options: RestartServiceOptions): Handler {
  const unit = unitName(options.unit);
  if (!unit.endsWith('.service')) throw new RangeError(`"${unit}" is not a service`);
  if (options.reads.length === 0)
    throw new RangeError(`the restart of ${unit} needs the files that it reads`);
  const files = options.reads.map(absolutePath);
  return makeTask(options, {
    title: `${unit} runs with its present configuration`,
    timeout: { apply: RESTART_TIMEOUT },
    check: sh`${UNIT_FUNCTIONS}
${FUNCTIONS}
check_restart ${[unit, objectPath(unit), options.tasks.join(' '), ...files]}`,
    apply: sh`${UNIT_FUNCTIONS}
${UNIT_APPLY_FUNCTIONS}
${FUNCTIONS}
apply_restart ${[unit, options.reload === true ? 'reload' : 'restart', ...files]}`,
  });
}

/** How systemd writes the name of a unit in the path of its D-Bus object. */
function objectPath(unit: string): string {
  return unit.replace(
    /[^A-Za-z0-9]|^[0-9]/g,
    (character) => `_${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

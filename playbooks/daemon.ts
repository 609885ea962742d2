import { readFileSync } from 'node:fs';
import type { Handler, Task } from '../src/engine/task.js';
import { rawScript, sh } from '../src/shell/script.js';
import { restartService } from '../src/tasks/restart-service.js';
import { service } from '../src/tasks/service.js';
import type { TaskOptions } from '../src/tasks/options.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./daemon.sh', import.meta.url), 'utf8'));

/**
 * A service with a pid file. What the file tells (that the daemon runs, since when) costs no question to systemd; where
 * it does not tell, systemd is asked.
 */
export interface Daemon {
  /** Wanted by multi-user.target. */
  readonly unit: string;
  /** Written by the daemon when it starts, removed when it stops. */
  readonly pidFile: string;
  /** Its process's name. */
  readonly program: string;
}

/** The daemon runs, and starts with the host. */
export function runningDaemon({ unit, pidFile, program }: Daemon, options: TaskOptions): Task {
  const task = service({ ...options, unit, enabled: true, running: true });
  return {
    ...task,
    check: sh`${FUNCTIONS}
if is_up ${[pidFile, program]} && starts_with_host ${unit}; then exit 0; fi
${task.check}`,
  };
}

export interface RestartOptions extends TaskOptions {
  /** The files that the daemon reads when it starts, and folders of drop-ins. */
  readonly reads: readonly string[];
  /** Ids of the tasks of the play that write them. */
  readonly tasks: readonly string[];
}

/** The daemon, if it runs, is younger than its files and its program. */
export function restartOlderDaemon({ unit, pidFile, program }: Daemon, options: RestartOptions): Handler {
  const { reads, tasks } = options;
  const handler = restartService({ ...options, unit });
  return {
    ...handler,
    check: sh`${FUNCTIONS}
if is_up ${[pidFile, program]}; then
  is_current ${[pidFile, tasks.join(' '), ...reads]} || exit 1
  ! runs_old_program || exit 1
  exit 0
fi
${handler.check}`,
  };
}

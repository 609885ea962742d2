import type { Task } from '../src/engine/task.js';
import { type Script, sh } from '../src/shell/script.js';

/** The task where the condition (a read-only command) holds on the host; elsewhere it is as desired. */
export function onlyWhere(condition: Script, task: Task): Task {
  return {
    ...task,
    check: sh`if ! ${condition}; then exit 0; fi
${task.check}`,
  };
}

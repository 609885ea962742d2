import type { Task } from '../src/engine/task.js';
import { lines, sh } from '../src/shell/script.js';

/** The task, which earlier tasks undo when they change something: it then changes too, though it is as desired now. */
export function dueAfter(ids: readonly string[], task: Task): Task {
  return {
    ...task,
    after: [...(task.after ?? []), ...ids],
    check: lines(...ids.map((id) => sh`! pending ${id} || differs ${`after ${id}`} || exit 1`), task.check),
  };
}

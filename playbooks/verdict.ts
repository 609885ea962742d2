import type { Task } from '../src/engine/task.js';
import { sh } from '../src/shell/script.js';
import { command } from '../src/tasks/command.js';
import type { TaskOptions } from '../src/tasks/options.js';

export interface VerdictOptions extends TaskOptions {
  readonly title: string;
  /** What is wrong and what to do now; undefined when nothing is. */
  readonly problem: string | undefined;
}

/** A proof that was made from the host's facts: it costs the host nothing. */
export function verdict(options: VerdictOptions): Task {
  const { problem } = options;
  return command({ ...options, check: problem === undefined ? sh`:` : sh`cannot ${problem}` });
}

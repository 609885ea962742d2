import type { Task, TaskOutput } from '../engine/task.js';
import type { Script } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';

export interface CommandOptions extends TaskOptions {
  readonly title: string;
  readonly check: Script;
  /** Without one, the task is a proof. */
  readonly apply?: Script | undefined;
  /** Seconds. */
  readonly timeout?: Partial<Task['timeout']> | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly output?: TaskOutput | undefined;
}

/** A state that no other constructor describes, with a check of its own. */
export function command(options: CommandOptions): Task {
  const { title, check, apply, timeout, secrets, output } = options;
  return makeTask(options, { title, check, apply, timeout, secrets, output });
}

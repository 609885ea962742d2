import type { Host } from '../inventory/inventory.js';
import type { Play } from './play.js';
import type { Task } from './task.js';

/** A play as it concerns one host: its tasks in order, the handlers last, and the secrets that they read. */
export interface HostPlay {
  readonly stage: string;
  readonly play: string;
  readonly tasks: readonly Task[];
  readonly secrets: Readonly<Record<string, string>>;
}

/** Ids become file names on the host and words of the NDJSON contract. */
const ID = /^[a-z0-9][a-z0-9.-]*$/;

/**
 * The tasks of a play on a host.
 * @throws Error for an id that is not kebab-case or stands twice: a mistake in a playbook, not the operator's.
 */
export function hostPlay(stage: string, play: Play, host: Host): HostPlay {
  const tasks = [...play.tasks(host), ...(play.handlers?.(host) ?? [])];
  const seen = new Set<string>();
  for (const { id } of tasks) {
    if (!ID.test(id)) throw new Error(`stage ${stage}, play ${play.id}: "${id}" is not a task id`);
    if (seen.has(id)) throw new Error(`stage ${stage}, play ${play.id}: two tasks are called "${id}"`);
    seen.add(id);
  }
  return { stage, play: play.id, tasks, secrets: play.secrets?.(host) ?? {} };
}

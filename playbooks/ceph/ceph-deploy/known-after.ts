import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';

/** Stands for a task that needs the output of an earlier one on another host, while that has none. */
export function knownAfter(id: string, title: string, earlier: string, host: Host): Task {
  const why = `known after ${earlier} on ${host.name}`;
  return command({ id, title, check: sh`differs ${why}`, apply: sh`cannot ${why}` });
}

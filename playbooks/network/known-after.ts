import type { Task } from '../../src/engine/task.js';
import { sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import type { TaskOptions } from '../../src/tasks/options.js';
import { POD_SUBNETS } from './subnets.js';

const WHY = `known after ${POD_SUBNETS}: the cluster has not said yet which part of the network of pods each node has`;

/** In place of a task that cannot be written before the cluster is there: in a plan it counts as a change. */
export function knownAfterSubnets(options: TaskOptions & { readonly title: string }): Task {
  return command({ ...options, check: sh`differs ${WHY}`, apply: sh`cannot ${WHY}` });
}

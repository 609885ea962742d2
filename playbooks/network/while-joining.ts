import type { Task } from '../../src/engine/task.js';
import { sh } from '../../src/shell/script.js';
import { joiners } from '../kubernetes/nodes/joining.js';
import type { NetworkContext } from './context.js';

/** A task whose pods run on every node is not as it will have to be while hosts are yet to become nodes. */
export function whileJoining(context: NetworkContext, task: Task): Task {
  const names = joiners(context).map(({ name }) => name);
  if (names.length === 0) return task;
  return {
    ...task,
    check: sh`[ "$MODE" != look ] || differs ${`it comes to ${names.join(', ')} when these have joined`} || exit 1
${task.check}`,
  };
}

import type { Task } from '../src/engine/task.js';
import { sh } from '../src/shell/script.js';
import { command } from '../src/tasks/command.js';
import type { TaskOptions } from '../src/tasks/options.js';

/** No file that an earlier run wrote for a setting which the inventory no longer has. A file of somebody else stays. */
export function absentFile(options: TaskOptions & { readonly path: string }): Task {
  const { path } = options;
  const ours = sh`"$STATE"/written${path}.sha256`;
  return command({
    ...options,
    title: options.title ?? `${path} is not there`,
    check: sh`[ ! -e ${path} ] || [ ! -e ${ours} ] || differs ${`${path} is of an earlier inventory`}`,
    apply: sh`keep_copy ${path} && rm -f ${path} ${ours}`,
  });
}

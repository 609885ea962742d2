import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';

export interface HostnameOptions extends TaskOptions {
  readonly name: string;
}

/** The host's own name, now and after a restart. The inventory has judged the name. */
export function hostname(options: HostnameOptions): Task {
  const { name } = options;
  return makeTask(options, {
    title: `the host is called ${name}`,
    check: sh`status=0 live='' saved=''
IFS= read -r live </proc/sys/kernel/hostname
[ "$live" = ${name} ] || differs "the host is called $live, not "${name} || status=1
[ ! -r /etc/hostname ] || IFS= read -r saved </etc/hostname
[ "$saved" = ${name} ] || differs "/etc/hostname says \"$saved\", not "${name} || status=1
exit "$status"`,
    apply: sh`printf '%s\n' ${name} | replace_file /etc/hostname '' '' '' || exit 2
printf '%s\n' ${name} >/proc/sys/kernel/hostname || hostname -- ${name}`,
  });
}

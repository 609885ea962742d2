import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { fstabWord } from './fstab.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface MountOptions extends TaskOptions {
  /** The mount point; made when it is missing. */
  readonly path: string;
  /** A device, `UUID=...`, or a folder for a bind mount. */
  readonly device: string;
  readonly type: string;
  /** As in fstab(5), separated by commas. */
  readonly options: string;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./mount.sh', import.meta.url), 'utf8'));

/** A file system mounted now and after a restart. What is mounted there already is taken to be the right one. */
export function mount(options: MountOptions): Task {
  const path = absolutePath(options.path);
  const point = fstabWord(path);
  const words = [fstabWord(options.device), point, fstabWord(options.type), fstabWord(options.options)];
  if (words.includes('')) throw new RangeError(`the mount of ${path} needs a device, a type and options`);
  return makeTask(options, {
    title: `${options.device} is mounted at ${path}`,
    check: sh`${FUNCTIONS}
status=0
in_fstab ${words} || differs ${`/etc/fstab does not mount ${options.device} at ${path} this way`} || status=1
is_mounted ${point} || differs ${`nothing is mounted at ${path}`} || status=1
exit "$status"`,
    apply: sh`${FUNCTIONS}
in_fstab ${words} || set_fstab ${words.join(' ')}' 0 0' ${point} || exit 2
umask 022
is_mounted ${point} || { mkdir -p ${path} && mount ${path}; }`,
  });
}

import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { contentCheck } from './file.js';
import { makeTask, type TaskOptions } from './options.js';

export interface SudoersOptions extends TaskOptions {
  /** Of the file in /etc/sudoers.d. sudo skips names with a dot, so there is none in it. */
  readonly name: string;
  readonly content: string;
}

/** A file in /etc/sudoers.d. It is put in place only when visudo finds no error in it. */
export function sudoers(options: SudoersOptions): Task {
  const { name } = options;
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw new RangeError(`sudo does not read a file named "${name}"`);
  const path = `/etc/sudoers.d/${name}`;
  const content = options.content.endsWith('\n') ? options.content : `${options.content}\n`;
  return makeTask(options, {
    title: `${path} has the declared rules`,
    check: contentCheck(path, content, ['440', 'root', 'root']),
    apply: sh`have visudo || cannot 'sudo is not installed on this host'
new_file ${path} || exit 2
trap 'rm -f "$NEW_FILE"' EXIT
printf %s ${content} >"$NEW_FILE" || exit 2
visudo -cf "$NEW_FILE" || cannot ${`${path} is left as it is: visudo does not accept the new content`}
sync "$NEW_FILE" 2>/dev/null || :
put_file 440 root root`,
  });
}

import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface LineInFileOptions extends TaskOptions {
  readonly path: string;
  readonly line: string;
  /**
   * An extended regular expression (POSIX). Present: the first line that matches becomes `line`, others that match go.
   * Absent: the lines that match go too.
   */
  readonly match?: string | undefined;
  readonly state?: 'present' | 'absent' | undefined;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./line-in-file.sh', import.meta.url), 'utf8'));

/** One line in a file that belongs to others: there exactly, or not at all. A missing file is made. */
export function lineInFile(options: LineInFileOptions): Task {
  const { line, match = '', state = 'present' } = options;
  if (line === '' || /\n/.test(line + match))
    throw new RangeError(`not one line: ${JSON.stringify(line + match)}`);
  const path = absolutePath(options.path);
  return makeTask(options, {
    title: `${path} has ${state === 'present' ? 'the' : 'no'} line "${line}"`,
    check: sh`${FUNCTIONS}
read_text ${path}
has_line ${[state, line, match]} || { set_line ${[state, line]}; printf %s "$NEW" | show_diff ${path}; exit 1; }`,
    apply: sh`${FUNCTIONS}
read_text ${path}
has_line ${[state, line, match]} || { set_line ${[state, line]}; printf %s "$NEW" | replace_file ${path} '' '' ''; }`,
  });
}

import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { absolutePath, attributeWords, makeTask, type TaskOptions } from './options.js';

export interface ManagedBlockOptions extends TaskOptions {
  readonly path: string;
  /** Tells our blocks in one file apart; a single line. */
  readonly name: string;
  /** The lines between the markers; when empty, the block is removed. */
  readonly content: string;
  readonly mode?: string | undefined;
  /** Make the file when it is missing (the default). */
  readonly create?: boolean | undefined;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./managed-block.sh', import.meta.url), 'utf8'));

/** Our lines in a file that belongs to others, between two comment lines; everything else in it stays as it is. */
export function managedBlock(options: ManagedBlockOptions): Task {
  const { name } = options;
  if (/[\r\n]/.test(name)) throw new RangeError(`the name of a block is one line: ${JSON.stringify(name)}`);
  const path = absolutePath(options.path);
  const begin = `# BEGIN provision ${name}`;
  const end = `# END provision ${name}`;
  const content = options.content.replace(/\n$/, '');
  if (content.split('\n').some((line) => line === begin || line === end)) {
    throw new RangeError(`the block ${name} of ${path} contains its own marker`);
  }
  const words = attributeWords({ mode: options.mode });
  const found = options.create === false ? sh`[ -e ${path} ] || cannot ${`${path} is missing`}` : sh`:`;
  return makeTask(options, {
    title: `${path} has our block ${name}`,
    check: sh`${FUNCTIONS}
${found}
read_text ${path}
status=0
if ! has_block ${[begin, end, content]}; then
  set_block ${[path, begin, end, content]}
  status=1
  printf %s "$NEW" | show_diff ${path}
fi
[ ! -e ${path} ] || has_attributes ${path} ${words} || status=1
exit "$status"`,
    apply: sh`${FUNCTIONS}
${found}
read_text ${path}
if has_block ${[begin, end, content]}; then
  [ ! -e ${path} ] || set_attributes ${path} ${words}
else
  set_block ${[path, begin, end, content]}
  printf %s "$NEW" | replace_file ${path} ${words}
fi`,
  });
}

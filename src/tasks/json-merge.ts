import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { absolutePath, attributeWords, makeTask, type TaskOptions } from './options.js';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

export interface JsonMergeOptions extends TaskOptions {
  readonly path: string;
  /** Objects are merged, arrays of scalars united, everything else is set. */
  readonly values: JsonObject;
  /** Keys of the outermost object that must not be there. */
  readonly remove?: readonly string[] | undefined;
  readonly mode?: string | undefined;
}

const PROGRAM = readFileSync(new URL('./json-merge.awk', import.meta.url), 'utf8').replace(/^ *#.*\n/gm, '');

/**
 * Our settings in a JSON file that may hold others: those stay, in their order and as they were written. What only looks
 * different (white space, `\u0041` for `A`) is no difference. A missing or empty file is `{}`; a file that is not a JSON
 * object is refused with the number of the line.
 */
export function jsonMerge(options: JsonMergeOptions): Task {
  const { values, remove = [] } = options;
  const both = remove.find((key) => values[key] !== undefined);
  if (both !== undefined) throw new RangeError(`"${both}" is both set and removed`);
  const path = absolutePath(options.path);
  const words = attributeWords({ mode: options.mode });
  const merged = sh`input=/dev/null
[ ! -e ${path} ] || input=${path}
merged=$(PROVISION_PATCH=${JSON.stringify({ values, remove })} awk ${PROGRAM} <"$input")
merge=$?
[ "$merge" -le 1 ] || cannot ${`${path} is not a JSON object that settings can be put into: `}"$merged"`;
  return makeTask(options, {
    title: `${path} has our settings`,
    check: sh`${merged}
[ "$merge" = 0 ] || printf '%s\n' "$merged" | show_diff ${path}
[ ! -e ${path} ] || has_attributes ${path} ${words} || merge=1
exit "$merge"`,
    apply: sh`${merged}
if [ "$merge" = 1 ]; then
  printf '%s\n' "$merged" | replace_file ${path} ${words}
elif [ -e ${path} ]; then
  set_attributes ${path} ${words}
fi`,
  });
}

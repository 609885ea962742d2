import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { absolutePath, type Attributes, attributeWords, makeTask, type TaskOptions } from './options.js';

export interface DirectoryOptions extends TaskOptions, Attributes {
  readonly path: string;
}

/** A folder; the folders above it are made with mode 0755 when they are missing. A link to a folder counts as one. */
export function directory(options: DirectoryOptions): Task {
  const path = absolutePath(options.path);
  const words = attributeWords(options);
  return makeTask(options, {
    title: `${path} is a folder`,
    check: sh`[ -e ${path} ] || { differs ${`${path} is missing`}; exit 1; }
[ -d ${path} ] || cannot ${`${path} is not a folder`}
has_attributes ${path} ${words}`,
    apply: sh`umask 022
mkdir -p ${path} && set_attributes ${path} ${words}`,
  });
}

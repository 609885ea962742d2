import type { Task } from '../engine/task.js';
import { sh } from '../shell/script.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface SymlinkOptions extends TaskOptions {
  readonly path: string;
  /** What the link says, relative or absolute; it need not exist. */
  readonly target: string;
}

/** A symbolic link. A file in its place is replaced (a copy is kept), a folder never. */
export function symlink(options: SymlinkOptions): Task {
  const { target } = options;
  const path = absolutePath(options.path);
  return makeTask(options, {
    title: `${path} is a link to ${target}`,
    check: sh`if is_link ${path} ${target}; then exit 0; fi
if [ -n "$LINK" ]; then differs ${`${path} is a link to `}"$LINK, not to "${target}; exit 1; fi
[ ! -d ${path} ] || cannot ${`${path} is a folder; move it away first`}
[ ! -e ${path} ] || { differs ${`${path} is a file, not a link to ${target}`}; exit 1; }
differs ${`${path} is missing`}`,
    apply: sh`keep_copy ${path} || exit 2
[ -d ${parentOf(path)} ] || (umask 022 && mkdir -p ${parentOf(path)}) || exit 2
ln -sfn -- ${target} ${path}`,
  });
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

import { APPLY_TIMEOUT, CHECK_TIMEOUT, type Task } from '../engine/task.js';

/** What every task constructor takes. */
export interface TaskOptions {
  /** Unique within the stage, kebab-case. */
  readonly id: string;
  /** What the host will be like; each constructor has a plain default. */
  readonly title?: string | undefined;
  readonly after?: readonly string[] | undefined;
  readonly prevents?: readonly string[] | undefined;
}

/** The parts that a constructor adds to its options. */
export interface TaskParts extends Pick<Task, 'check' | 'apply' | 'secrets' | 'output'> {
  readonly title: string;
  readonly timeout?: Partial<Task['timeout']> | undefined;
}

/** Puts a task together: the caller's options, the constructor's scripts, the usual time limits. */
export function makeTask(options: TaskOptions, parts: TaskParts): Task {
  return {
    ...parts,
    id: options.id,
    title: options.title ?? parts.title,
    timeout: { check: CHECK_TIMEOUT, apply: APPLY_TIMEOUT, ...parts.timeout },
    after: options.after,
    prevents: options.prevents,
  };
}

/** @throws RangeError for a path that is relative, so that no path on a host can be taken for an option. */
export function absolutePath(path: string): string {
  if (!path.startsWith('/')) throw new RangeError(`"${path}" is not an absolute path`);
  return path;
}

/**
 * A mode as `stat` prints it, or '' when none is declared.
 * @throws RangeError for anything but three or four octal digits.
 */
function fileMode(mode: string | undefined): string {
  if (mode === undefined) return '';
  if (!/^[0-7]{3,4}$/.test(mode)) throw new RangeError(`"${mode}" is not a file mode such as 0644`);
  return Number.parseInt(mode, 8).toString(8);
}

/** Mode (four octal digits), owner and group of something in a file system; what is not declared is left as it is. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The words MODE OWNER GROUP that the functions of library.sh take. */
export function attributeWords({ mode, owner, group }: Attributes): readonly [string, string, string] {
  return [fileMode(mode), owner ?? '', group ?? ''];
}

import type { Path, Places } from './places.js';
import { showPath } from './places.js';
import type { Problem, ProblemList } from './problems.js';
import type { Range } from './source.js';

/** What the checks after reading carry along. */
export interface Checking {
  readonly problems: ProblemList;
  readonly places: Places;
}

type Finding = Omit<Problem, 'at' | 'path'>;

/** Reports something about the value at a path. */
export function complainAt(checking: Checking, path: Path, finding: Finding): void {
  checking.problems.add({ at: ownPlace(checking, path), path: showPath(path), ...finding });
}

/** Reports something about the key at a path. */
export function complainAtKey(checking: Checking, path: Path, finding: Finding): void {
  checking.problems.add({ at: checking.places.key(path), path: showPath(path), ...finding });
}

/** A value that came through an alias or a merge key stands above its owner: point at the owner then. */
function ownPlace(checking: Checking, path: Path): Range {
  const value = checking.places.value(path);
  const owner = checking.places.key(path.slice(0, -1));
  return value[0] >= owner[0] ? value : owner;
}

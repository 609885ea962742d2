import { isMap, isScalar, isSeq } from 'yaml';
import type { YamlDocument, YamlNode } from './document.js';
import type { Kind } from './kinds.js';
import { showPath } from './places.js';
import type { Path, Places } from './places.js';
import type { Problem, ProblemList } from './problems.js';
import type { Range } from './source.js';
import type { Surroundings } from './substitute.js';

/** What the reader of one file carries along. */
export interface Reading {
  readonly document: YamlDocument;
  readonly root: Kind;
  readonly surroundings: Surroundings;
  readonly problems: ProblemList;
  readonly places: Places;
  /** Values to be masked in all output. */
  readonly secretValues: Set<string>;
}

/** A value in the file on its way to be read. */
export interface Found {
  readonly node: YamlNode;
  readonly path: Path;
  /** The node, or the key when there is nothing behind it. */
  readonly at: Range;
  /** A part of the node's text, when it holds several values. */
  readonly text?: string;
}

/** The reader's way of saying what is wrong where. */
export function complain(reading: Reading, found: Found, problem: Omit<Problem, 'at' | 'path'>): void {
  reading.problems.add({ at: found.at, path: showPath(found.path), ...problem });
}

/** True for a key with nothing, `~` or `null` behind it. */
export function isNothing(node: YamlNode): boolean {
  if (node === null || node === undefined) return true;
  return isScalar(node) && node.type === 'PLAIN' && ['', '~', 'null'].includes(String(node.value));
}

/** What a node is, for a sentence. */
export function describe(node: YamlNode): string {
  if (isSeq(node)) return 'a list';
  if (isMap(node)) return 'keys with values';
  return isNothing(node) || !isScalar(node) ? 'nothing' : 'a single value';
}

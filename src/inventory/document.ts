import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Pair } from 'yaml';
import { nearestWord } from './nearest.js';
import type { ProblemList } from './problems.js';
import type { Range } from './source.js';
import { syntaxProblems } from './syntax.js';

/** A parsed file, without any interpretation of its scalars: each is the text that was written. */
export type YamlDocument = Document.Parsed;
/** Told apart by the `is…` functions of the yaml package; nothing where a key has no value. */
export type YamlNode = unknown;

/** One key of a map, merge keys resolved. */
export interface Entry {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: YamlNode;
}

/** Parses YAML; problems of syntax go to the list, and the document is then undefined. */
export function parseYaml(text: string, problems: ProblemList): YamlDocument | undefined {
  const document = parseDocument(text, {
    // Only texts, lists and maps: 20.10 stays "20.10", and the schema decides what a number is.
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  for (const problem of syntaxProblems(document, text)) problems.add(problem);
  return document.errors.length === 0 ? document : undefined;
}

/** The node that an alias stands for; any other node as it is. */
export function follow(
  document: YamlDocument,
  node: YamlNode,
  path: string,
  problems: ProblemList,
): YamlNode {
  if (!isAlias(node)) return node;
  const target = node.resolve(document);
  if (target !== undefined) return target;
  problems.add({
    at: rangeOf(node),
    path,
    found: `the anchor &${node.source} is not defined before this line`,
    nearest: nearestAnchor(document, node.source),
  });
  return undefined;
}

function nearestAnchor(document: YamlDocument, name: string): string | undefined {
  const anchors: string[] = [];
  visit(document, { Value: (_key, node) => void (node.anchor !== undefined && anchors.push(node.anchor)) });
  const near = nearestWord(name, anchors);
  return near === undefined ? undefined : `*${near}`;
}

/** Keys in the order of the file; what a merge key brings comes first and gives way to what is written out. */
export function entriesOf(
  document: YamlDocument,
  node: YamlNode,
  path: string,
  problems: ProblemList,
): Entry[] {
  const written = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  collect(node, new Set());
  return [...new Map([...merged, ...written]).values()];

  function collect(map: YamlNode, seen: Set<unknown>): void {
    if (!isMap(map) || seen.has(map)) return;
    seen.add(map);
    const merges: Pair[] = [];
    for (const pair of map.items) {
      const key = keyOf(pair.key, path, problems);
      if (key === '<<') merges.push(pair);
      else if (key !== undefined) add({ key, keyRange: rangeOf(pair.key), value: pair.value }, map === node);
    }
    for (const pair of merges) merge(pair, seen);
  }

  function add(entry: Entry, isWritten: boolean): void {
    const target = isWritten ? written : merged;
    const earlier = target.get(entry.key);
    if (earlier === undefined) target.set(entry.key, entry);
    else if (isWritten)
      problems.add({
        at: entry.keyRange,
        path,
        found: `the key "${entry.key}" is given already`,
        earlier: earlier.keyRange,
      });
  }

  function merge(pair: Pair, seen: Set<unknown>): void {
    const value = follow(document, pair.value, path, problems);
    const maps = isSeq(value) ? value.items.map((item) => follow(document, item, path, problems)) : [value];
    if (maps.every((map) => isMap(map))) for (const map of maps) collect(map, seen);
    else if (value !== undefined)
      problems.add({
        at: rangeOf(pair.key),
        path,
        found: 'a merge key has something else than maps',
        allowed: '<<: *ANCHOR or <<: [*ONE, *TWO]',
      });
  }
}

function keyOf(key: YamlNode, path: string, problems: ProblemList): string | undefined {
  if (isScalar(key)) return String(key.value);
  problems.add({
    at: rangeOf(key),
    path,
    found: 'a key is not a text',
    allowed: 'a text as key; quotes around a name with [ ] in brackets',
  });
  return undefined;
}

/** Where a node stands, without the comment and the blank lines after it. */
export function rangeOf(node: YamlNode): Range {
  const [start, end] = (isNode(node) ? node.range : undefined) ?? [0, 0];
  return [start, end];
}

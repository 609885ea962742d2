import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Pair, YAMLError } from 'yaml';
import { nearestWord } from './nearest.js';
import type { Problem, ProblemList } from './problems.js';
import type { Range } from './source.js';

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
  const errors = firstOfAKind(document.errors, text);
  for (const error of [...errors, ...document.warnings]) problems.add(syntaxProblem(error));
  return errors.length === 0 ? document : undefined;
}

/** What follows the first error is mostly its echo: keep the errors of the same kind, one a line. */
function firstOfAKind(errors: readonly YAMLError[], text: string): YAMLError[] {
  const lines = new Set<number>();
  return errors.filter((error) => {
    const line = text.lastIndexOf('\n', error.pos[0] - 1);
    const isEcho = error.code !== errors[0]?.code || lines.has(line);
    lines.add(line);
    return !isEcho;
  });
}

const SYNTAX: Readonly<Record<string, { found: string; allowed: string }>> = {
  TAB_AS_INDENT: { found: 'a tab is used for indentation', allowed: 'spaces' },
  BAD_INDENT: {
    found: 'the indentation does not fit',
    allowed: 'keys of one level start in one column; a list or map in brackets ends with its bracket',
  },
  MULTIPLE_DOCS: { found: 'a second YAML document begins', allowed: 'one document in a file' },
  BLOCK_AS_IMPLICIT_KEY: {
    found: 'a second ": " stands on the line',
    allowed: 'one key a line; a text with ": " in it stands in quotes',
  },
  BAD_SCALAR_START: {
    found: 'a text begins with a character that means something in YAML',
    allowed: 'a text that begins with @ ` % & * ! | > stands in quotes',
  },
  BAD_DQ_ESCAPE: {
    found: 'a backslash in double quotes is not followed by an escape',
    allowed: 'single quotes, in which a backslash is a backslash',
  },
};
const IN_BRACKETS =
  'items separated by commas, and quotes around a text with [ ] { } or "," in it, such as "node[01:20]" and "${env:NAME}"';

function syntaxProblem(error: YAMLError): Problem {
  if (error.code === 'TAG_RESOLVE_FAILED')
    return {
      at: error.pos,
      path: '',
      found: 'a YAML tag has no meaning here',
      allowed: 'plain YAML without tags',
    };
  const known = SYNTAX[error.code];
  const found = known?.found ?? error.message.replace(/^./, (letter) => letter.toLowerCase());
  const allowed = known?.allowed ?? (/flow|comma/i.test(error.message) ? IN_BRACKETS : undefined);
  return { at: error.pos, path: '', found: `not valid YAML: ${found}`, allowed };
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
      problems.add({ at: entry.keyRange, path, found: `the key "${entry.key}" is given already`, earlier: earlier.keyRange });
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

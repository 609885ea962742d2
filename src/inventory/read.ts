import { isMap, isScalar, isSeq } from 'yaml';
import { checkText } from './check-text.js';
import { entriesOf, follow, rangeOf } from './document.js';
import type { Entry, YamlNode } from './document.js';
import type { Field, Kind, ListKind, MapKind, ObjectKind, ValueOf } from './kinds.js';
import { nearestWord } from './nearest.js';
import { showPath } from './places.js';
import { complain, describe, isNothing } from './reading.js';
import type { Found, Reading } from './reading.js';
import { emptyValue, readScalar } from './read-scalar.js';

/**
 * Reads a document by a schema. Everything that does not fit goes to the list of problems, and a harmless value of the
 * right type takes its place, so that the checks that follow can find more.
 */
export function readDocument<K extends Kind>(reading: Reading, kind: K): ValueOf<K> {
  const node = reading.document.contents;
  reading.places.set([], [0, 0], rangeOf(node));
  // oxlint-disable-next-line no-unsafe-type-assertion -- the reader and ValueOf follow the same kinds; the compiler cannot see it
  return readValue(reading, kind, { node, path: [], at: rangeOf(node) }) as ValueOf<K>;
}

function readValue(reading: Reading, kind: Kind, found: Found): unknown {
  switch (kind.kind) {
    case 'object':
      return readObject(reading, kind, found);
    case 'map':
      return readMap(reading, kind, found);
    case 'list':
      return readList(reading, kind, found);
    default:
      return readScalar(reading, kind, found);
  }
}

function readObject(reading: Reading, kind: ObjectKind, found: Found): Record<string, unknown> {
  const entries = mapEntries(reading, found, 'KEY: VALUE, one a line and further in than the line above');
  const byKey = new Map(entries?.map((entry) => [entry.key, entry]));
  const values: Record<string, unknown> = {};
  const unknown = (entries ?? []).filter((entry) => !Object.hasOwn(kind.fields, entry.key));
  const meant = new Set(unknown.map((entry) => refuseKey(reading, kind, found, entry)));
  for (const [key, field] of Object.entries(kind.fields)) {
    const entry = byKey.get(key);
    if (entry !== undefined) values[key] = readValue(reading, field.of, enter(reading, found, entry));
    else {
      if (field.required && entries !== undefined && !meant.has(key))
        refuseAbsence(reading, found, key, field);
      values[key] = valueWhenAbsent(reading, field, found);
    }
  }
  return values;
}

function valueWhenAbsent(reading: Reading, field: Field, found: Found): unknown {
  if (field.required) return emptyValue(field.of);
  if (!field.filled) return undefined;
  return field.fallback ?? readValue(reading, field.of, { ...found, node: undefined });
}

function readMap(reading: Reading, kind: MapKind, found: Found): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>();
  const allowed = `keys such as "${kind.keys.examples[0]}:", each with its settings below it and further in`;
  for (const entry of mapEntries(reading, found, allowed) ?? []) {
    const inner = enter(reading, found, entry);
    const complaint = checkText(kind.keys, entry.key);
    if (complaint !== undefined) {
      const because = complaint.because === undefined ? '' : `: ${complaint.because}`;
      reading.problems.add({
        at: entry.keyRange,
        path: showPath(found.path),
        found: `${JSON.stringify(entry.key)} is not ${kind.keys.name}${because}`,
        nearest: complaint.nearest,
        allowed: kind.keys.allowed,
        why: complaint.why,
      });
    }
    values.set(entry.key, readValue(reading, kind.values, inner));
  }
  return values;
}

function readList(reading: Reading, kind: ListKind, found: Found): unknown[] {
  const node = follow(reading.document, found.node, showPath(found.path), reading.problems);
  if (isSeq(node)) return node.items.map((item, index) => readItem(reading, kind, found, item, index));
  if (node === undefined && found.node !== undefined) return [];
  if (isScalar(node) && !isNothing(node) && kind.commaSeparated) {
    const parts = String(node.value).split(',');
    return parts.map((part, index) =>
      readValue(reading, kind.items, { ...found, node, path: [...found.path, index], text: part.trim() }),
    );
  }
  const text = isScalar(node) && !isNothing(node) ? String(node.value) : undefined;
  complain(reading, found, {
    found: `found ${describe(node)} instead of a list`,
    nearest: text === undefined ? undefined : `[${text}]`,
    allowed: 'a list: [ONE, TWO], or one item a line after "- "; [] for none',
  });
  return [];
}

function readItem(reading: Reading, kind: ListKind, found: Found, item: YamlNode, index: number): unknown {
  const inner = { node: item, path: [...found.path, index], at: isNothing(item) ? found.at : rangeOf(item) };
  reading.places.set(inner.path, inner.at, inner.at);
  return readValue(reading, kind.items, inner);
}

/** The keys of a map; none for nothing at all, undefined for something that is no map. */
function mapEntries(reading: Reading, found: Found, allowed: string): Entry[] | undefined {
  const path = showPath(found.path);
  const node = follow(reading.document, found.node, path, reading.problems);
  if (isMap(node)) return entriesOf(reading.document, node, path, reading.problems);
  if (isNothing(node)) return node === undefined && found.node !== undefined ? undefined : [];
  complain(reading, found, {
    found: `found ${describe(node)} instead of keys with values`,
    allowed,
  });
  return undefined;
}

function enter(reading: Reading, found: Found, entry: Entry): Found {
  const path = [...found.path, entry.key];
  const at = isNothing(entry.value) ? entry.keyRange : rangeOf(entry.value);
  reading.places.set(path, entry.keyRange, at);
  return { node: entry.value, path, at };
}

function refuseAbsence(reading: Reading, found: Found, key: string, field: Field): void {
  const at = reading.places.key(found.path);
  reading.problems.add({
    at,
    path: showPath(found.path),
    found: `the key "${key}" is missing`,
    allowed: `${key}: ${field.description}`,
  });
}

/** @returns the key that was probably meant, which then need not be reported as missing */
function refuseKey(reading: Reading, kind: ObjectKind, found: Found, entry: Entry): string | undefined {
  const keys = Object.keys(kind.fields);
  const elsewhere = placesOfKey(reading.root, entry.key);
  const nearest = elsewhere.length > 0 ? undefined : nearestWord(entry.key, keys);
  const meant = nearest === undefined ? undefined : kind.fields[nearest]?.of;
  if (meant?.kind === 'text' && meant.secret && entry.value !== null)
    reading.problems.hide(rangeOf(entry.value));
  reading.problems.add({
    at: entry.keyRange,
    path: showPath(found.path),
    found: `unknown key "${entry.key}"`,
    nearest,
    allowed: keys.join(', '),
    why: elsewhere.length > 0 ? `"${entry.key}" is a key of ${elsewhere.join(' and of ')}.` : undefined,
  });
  return nearest;
}

/** The sections of the schema that have such a key. */
function placesOfKey(kind: Kind, key: string, path = ''): string[] {
  if (kind.kind === 'map') return placesOfKey(kind.values, key, `${path}.${kind.placeholder}`);
  if (kind.kind !== 'object') return [];
  const here = Object.hasOwn(kind.fields, key) ? [path === '' ? 'the top level' : path] : [];
  const below = Object.entries(kind.fields).flatMap(([name, field]) =>
    placesOfKey(field.of, key, path === '' ? name : `${path}.${name}`),
  );
  return [...here, ...below];
}

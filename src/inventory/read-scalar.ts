import { isScalar } from 'yaml';
import { checkSecret, checkText } from './check-text.js';
import { follow, rangeOf } from './document.js';
import type { Kind, NumberKind, ScalarKind, TextKind } from './kinds.js';
import { nearestWord } from './nearest.js';
import { showPath } from './places.js';
import { complain, describe, isNothing } from './reading.js';
import type { Found, Reading } from './reading.js';
import { substitute } from './substitute.js';

/** A text after substitution. */
interface Filled {
  readonly value: string;
  /** How a message may show it: the text as written, never what a `${…}` stood for. */
  readonly shown: string;
  readonly replaced: boolean;
}

/** Reads a single value; what does not fit is reported and replaced by an empty value. */
export function readScalar(reading: Reading, kind: ScalarKind, found: Found): string | number | boolean {
  const filled = fill(reading, kind, found);
  if (filled === undefined) return emptyScalar(kind);
  if (kind.kind === 'text') return readText(reading, kind, found, filled);
  if (kind.kind === 'number') return readNumber(reading, kind, found, filled);
  if (kind.kind === 'flag') return readWord(reading, kind, ['true', 'false'], found, filled) === 'true';
  return readWord(reading, kind, kind.values, found, filled);
}

/** Stands for a value that could not be read, so that reading can go on. */
export function emptyValue(kind: Kind): unknown {
  switch (kind.kind) {
    case 'list':
      return [];
    case 'map':
      return new Map();
    case 'object':
      return Object.fromEntries(
        Object.entries(kind.fields).map(([key, field]) => [key, emptyValue(field.of)]),
      );
    default:
      return emptyScalar(kind);
  }
}

function emptyScalar(kind: ScalarKind): string | number | boolean {
  if (kind.kind === 'flag') return false;
  if (kind.kind === 'number') return kind.minimum;
  return kind.kind === 'text' ? '' : (kind.values[0] ?? '');
}

function fill(reading: Reading, kind: ScalarKind, found: Found): Filled | undefined {
  const node = follow(reading.document, found.node, showPath(found.path), reading.problems);
  if (node === undefined && found.node !== undefined) return undefined;
  const isSecret = kind.kind === 'text' && kind.secret;
  if (!isScalar(node) || isNothing(node)) {
    if (isSecret) reading.problems.hide(rangeOf(node));
    complain(reading, found, {
      found: `found ${describe(node)} instead of ${nameOf(kind)}`,
      allowed: allowedBy(kind),
      why: kind.kind === 'text' && !isNothing(node) ? kind.format.whyNotList : undefined,
    });
    return undefined;
  }
  const text = found.text ?? String(node.value);
  if (isSecret && !/^\$\{[^}]*\}$/.test(text)) reading.problems.hide(rangeOf(node));
  const { value, replaced, values, problems } = substitute(text, reading.surroundings);
  for (const problem of problems) complain(reading, found, problem);
  if (problems.length > 0) return undefined;
  keepSecrets(reading, isSecret ? [...values, value] : values, value);
  const shown = isSecret ? nameOf(kind) : replaced ? `the value of ${text}` : quoted(text);
  return { value, shown, replaced: replaced || isSecret };
}

function unescapeAddress(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const PASSWORD_IN_ADDRESS = /(:\/\/[^\s:/@]*:)([^\s@/]+)(?=@)/;

function keepSecrets(reading: Reading, values: readonly string[], text: string): void {
  const inAddress = PASSWORD_IN_ADDRESS.exec(text)?.[2];
  const passwords = inAddress === undefined ? [] : [inAddress, unescapeAddress(inAddress)];
  for (const value of [...values, ...passwords]) if (value !== '') reading.secretValues.add(value);
}

/** With the control characters made visible, and not longer than a line. */
function quoted(text: string): string {
  const covered = text.replace(PASSWORD_IN_ADDRESS, '$1***');
  const short = covered.length > 60 ? `${covered.slice(0, 60)}…` : covered;
  return JSON.stringify(short);
}

function readText(reading: Reading, kind: TextKind, found: Found, filled: Filled): string {
  const { value, shown, replaced } = filled;
  const complaint = kind.secret ? checkSecret(value) : checkText(kind.format, value);
  if (complaint === undefined) return kind.format.normalize?.(value) ?? value;
  const because = complaint.because === undefined || replaced ? '' : `: ${complaint.because}`;
  const sentence = kind.secret
    ? `${shown} cannot be empty or have control characters in it`
    : `${shown} is not ${kind.format.name}`;
  complain(reading, found, {
    found: sentence + because,
    nearest: replaced ? undefined : complaint.nearest,
    allowed: kind.format.allowed,
    why: complaint.why,
  });
  return '';
}

function readNumber(reading: Reading, kind: NumberKind, found: Found, filled: Filled): number {
  const value = Number(filled.value);
  const isNumber = /^-?\d+(\.\d+)?$/.test(filled.value) && (!kind.integer || Number.isInteger(value));
  if (isNumber && value >= kind.minimum && value <= kind.maximum) return value;
  const withUnit = /^(\d+(?:\.\d+)?) ?(s|sec|seconds)$/.exec(filled.value)?.[1];
  complain(reading, found, {
    found: isNumber
      ? `${filled.shown} is outside ${kind.minimum} to ${kind.maximum}`
      : `${filled.shown} is not ${nameOf(kind)}`,
    nearest: kind.unit === 'seconds' && !filled.replaced ? withUnit : undefined,
    allowed: allowedBy(kind),
  });
  return kind.minimum;
}

function readWord(
  reading: Reading,
  kind: ScalarKind,
  words: readonly string[],
  found: Found,
  filled: Filled,
): string {
  if (words.includes(filled.value)) return filled.value;
  complain(reading, found, {
    found: `${filled.shown} is not one of the words allowed here`,
    nearest: filled.replaced ? undefined : meantWord(filled.value, words),
    allowed: allowedBy(kind),
  });
  return words[0] ?? '';
}

/** yes and no, as other files have them, beside words that are only misspelt. */
function meantWord(typed: string, words: readonly string[]): string | undefined {
  const meaning = /^(?:(yes|on)|(no|off))$/i.exec(typed);
  const word = meaning === null ? undefined : meaning[1] === undefined ? 'false' : 'true';
  return word !== undefined && words.includes(word) ? word : nearestWord(typed, words);
}

function nameOf(kind: ScalarKind): string {
  if (kind.kind === 'text') return kind.format.name;
  if (kind.kind === 'choice' || kind.kind === 'flag') return 'a word';
  return kind.integer ? 'a whole number' : 'a number';
}

/** What a value of this kind may be, for people. */
export function allowedBy(kind: ScalarKind): string {
  if (kind.kind === 'text') return kind.format.allowed;
  if (kind.kind === 'choice') return kind.values.join(', ');
  if (kind.kind === 'flag') return 'true, false';
  return `${nameOf(kind)} from ${kind.minimum} to ${kind.maximum}${kind.unit === undefined ? '' : ` (${kind.unit})`}`;
}

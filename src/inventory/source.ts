/** The text of an inventory file, with its lines. Offsets count UTF-16 units from the beginning. */
export interface Source {
  /** As the operator wrote it; for messages. */
  readonly path: string;
  readonly text: string;
}

/** Offsets of the first unit and of the one after the last. */
export type Range = readonly [start: number, end: number];

/** Both counted from 1; the column in characters, as editors show it. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where an offset is. */
export function positionOf(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { line, column: characters(before.slice(lineStart)).length + 1 };
}

const LONGEST_LINE = 100;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u;
const SECRET_VALUE =
  /((?:pass|secret|token)\w*["']?\s*:\s+)(?!["']?\$\{)(\S.*)$|(:\/\/[^\s:/@]*:)([^\s@/]+)(?=@)/gi;

/**
 * The line of a range with a caret under each character of it. What is secret in the line is covered by asterisks.
 * @param hidden ranges that must not be shown, wherever they are
 */
export function excerpt(source: Source, range: Range, hidden: readonly Range[]): string[] {
  const [start, end] = range;
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
  const newline = source.text.indexOf('\n', start);
  const lineEnd = newline === -1 ? source.text.length : newline;
  const line = cover(source.text.slice(lineStart, lineEnd).replace(/\r$/, ''), lineStart, hidden);
  const marked = [
    start - lineStart,
    Math.min(Math.max(end, start + 1), Math.max(lineEnd, start + 1)) - lineStart,
  ] as const;
  const shown = window(line, marked);
  const number = String(positionOf(source, start).line).padStart(4);
  const caret =
    blank(shown.line.slice(0, shown.start)) + '^'.repeat(width(shown.line.slice(shown.start, shown.end)));
  return [`${number} | ${shown.line}`, `${' '.repeat(number.length)} | ${caret}`];
}

function cover(line: string, lineStart: number, hidden: readonly Range[]): string {
  let covered = line.replaceAll(SECRET_VALUE, (_match, key, value, scheme, password) =>
    key === undefined ? scheme + stars(password) : key + stars(value),
  );
  for (const [start, end] of hidden) {
    const from = Math.min(Math.max(start - lineStart, 0), line.length);
    const to = Math.min(Math.max(end - lineStart, from), line.length);
    covered = covered.slice(0, from) + '*'.repeat(to - from) + covered.slice(to);
  }
  return covered;
}

/** As long as the text, so that carets stay under their characters. */
function stars(text: string): string {
  return '*'.repeat(text.length);
}

/** The part of a long line around the marked range. */
function window(
  line: string,
  [start, end]: readonly [number, number],
): { line: string; start: number; end: number } {
  if (line.length <= LONGEST_LINE)
    return { line, start, end: Math.min(end, Math.max(line.length, start + 1)) };
  const from = Math.max(0, start - LONGEST_LINE / 4);
  const to = Math.min(line.length, from + LONGEST_LINE);
  const left = from > 0 ? '…' : '';
  const right = to < line.length ? '…' : '';
  return {
    line: left + line.slice(from, to) + right,
    start: start - from + left.length,
    end: Math.min(end, to) - from + left.length,
  };
}

function characters(text: string): string[] {
  return Array.from(text);
}

function blank(text: string): string {
  return characters(text)
    .map((character) => (character === '\t' ? '\t' : ' '.repeat(width(character))))
    .join('');
}

/** Columns of a terminal; at least one. */
function width(text: string): number {
  let columns = 0;
  for (const character of characters(text)) columns += WIDE.test(character) ? 2 : 1;
  return Math.max(columns, 1);
}

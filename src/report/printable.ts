import { stripVTControlCharacters } from 'node:util';

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Characters that take two columns: East Asian wide and full-width forms, and emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Characters that take none: accents that sit on the one before, and joiners. */
const ZERO_WIDTH = /\p{Mn}|\p{Me}|[\u200b-\u200d\u2060]/u;

/**
 * One line as a terminal may show it: what a host prints must not move the cursor, clear the screen or turn the text
 * around. Tabs become spaces, so that the width can be told.
 */
export function printable(line: string): string {
  return stripVTControlCharacters(line).replaceAll(CONTROL, '').replaceAll('\t', '    ');
}

/** A printable line cut to a number of columns, with an ellipsis where something is missing. */
export function cut(line: string, columns: number): string {
  const characters = Array.from(line);
  let width = 0;
  let room = 0;
  for (const [index, character] of characters.entries()) {
    width += columnsOf(character);
    if (width <= columns - 1) room = index + 1;
    if (width > columns) return columns < 1 ? '' : `${characters.slice(0, room).join('')}…`;
  }
  return line;
}

/** Columns that a printable line takes. */
export function widthOf(line: string): number {
  return Array.from(line).reduce((sum, character) => sum + columnsOf(character), 0);
}

function columnsOf(character: string): number {
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

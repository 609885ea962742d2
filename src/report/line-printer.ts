import type { Output } from '../cli/context.js';
import { printable } from './printable.js';

/** Colours by how a line begins; reports write plain text, and this is the one place that knows of colours. */
const COLOURS: readonly (readonly [RegExp, number])[] = [
  [/^ {4}\+/, 32],
  [/^ {4}-/, 31],
  [/^ {4}@@/, 36],
  [/^ {2}[~?] /, 33],
  [/^[a-z]\S*:$/, 1],
  [/ failed: /, 31],
  [/\([A-Z][A-Z_]+\)$/, 31],
  [/^(Plan|Done|Stopped|Not done): /, 1],
];

/** Writes lines that may hold what a host printed; coloured where the output takes colours. */
export function linePrinter(output: Output): (lines: readonly string[]) => void {
  return (lines) => {
    if (lines.length === 0) return;
    const clean = lines.flatMap((line) => line.split('\n')).map(printable);
    const shown = output.colour ? clean.map(coloured) : clean;
    output.write(`${shown.join('\n')}\n`);
  };
}

function coloured(line: string): string {
  const colour = COLOURS.find(([pattern]) => pattern.test(line))?.[1];
  return colour === undefined ? line : `\u001b[${colour}m${line}\u001b[0m`;
}

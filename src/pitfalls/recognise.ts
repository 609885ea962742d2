import type { Pitfall } from './pitfall.js';

/** A pitfall that a text shows, and the lines of it that do. */
export interface Recognised {
  readonly pitfall: Pitfall;
  /** In their order, each once. */
  readonly lines: readonly string[];
}

/**
 * The pitfalls of which lines are symptoms: those with most symptoms first; of equals the one whose line comes last, since the
 * lines nearest to the end tell most about why something ended; and of these the one that stands first among the pitfalls,
 * where a cause stands before its consequence.
 */
export function recognise(text: readonly string[], pitfalls: readonly Pitfall[]): readonly Recognised[] {
  const lines = text.map((line) => line.trimEnd());
  return pitfalls
    .map((pitfall) => ({ pitfall, ...evidence(lines, pitfall) }))
    .filter(({ seen }) => seen > 0)
    .toSorted((one, other) => other.seen - one.seen || other.last - one.last)
    .map(({ pitfall, shown }) => ({ pitfall, lines: shown }));
}

interface Evidence {
  /** How many of the pitfall's symptoms there are. */
  readonly seen: number;
  /** Number of the last line that is one. */
  readonly last: number;
  readonly shown: readonly string[];
}

function evidence(lines: readonly string[], { symptoms }: Pitfall): Evidence {
  const places = symptoms.map((symptom) => linesOf(symptom, lines)).filter(({ length }) => length > 0);
  const numbers = [...new Set(places.flat())].toSorted((one, other) => one - other);
  return {
    seen: places.length,
    last: numbers.at(-1) ?? -1,
    shown: [...new Set(numbers.map((number) => lines[number]?.trim() ?? ''))],
  };
}

/** Numbers of the lines that are this symptom. */
function linesOf(symptom: RegExp, lines: readonly string[]): readonly number[] {
  if (symptom.multiline) return lastOf(symptom, lines);
  return [...lines.keys()].filter((number) => symptom.test(lines[number] ?? ''));
}

/** Of a symptom that says what must not follow: only the last line counts, together with all that comes after it. */
function lastOf(symptom: RegExp, lines: readonly string[]): readonly number[] {
  const number = lines.findLastIndex((line) => symptom.test(line));
  return number >= 0 && symptom.test(lines.slice(number).join('\n')) ? [number] : [];
}

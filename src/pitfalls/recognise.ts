import type { Pitfall } from './pitfall.js';

/** A pitfall that a text shows, and the lines of it that do. */
export interface Recognised {
  readonly pitfall: Pitfall;
  /** In their order, each once. */
  readonly lines: readonly string[];
}

/**
 * The pitfalls of which lines are symptoms: those with most symptoms first, and of equals the one whose line comes last, since
 * the lines nearest to the end tell most about why something ended.
 */
export function recognise(lines: readonly string[], pitfalls: readonly Pitfall[]): readonly Recognised[] {
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
  const matching = lines.flatMap((line, number) =>
    symptoms.some((symptom) => symptom.test(line)) ? [{ line: line.trim(), number }] : [],
  );
  return {
    seen: symptoms.filter((symptom) => matching.some(({ line }) => symptom.test(line))).length,
    last: matching.at(-1)?.number ?? -1,
    shown: [...new Set(matching.map(({ line }) => line))],
  };
}

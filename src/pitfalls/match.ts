import type { PitfallMatch } from '../engine/events.js';
import type { Pitfall } from './pitfall.js';

/**
 * The documented pitfall that the last of these lines of a log or of output is a symptom of; undefined when none is.
 * The lines nearest to the end tell most about why something ended.
 */
export function matchPitfall(
  lines: readonly string[],
  pitfalls: readonly Pitfall[],
): PitfallMatch | undefined {
  for (const line of lines.toReversed()) {
    const found = pitfalls.find(({ symptoms }) => symptoms.some((symptom) => symptom.test(line)));
    if (found !== undefined) {
      return { id: found.id, line: line.trim(), meaning: found.meaning, steps: found.remedy.steps };
    }
  }
  return undefined;
}

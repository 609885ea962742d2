import type { PitfallMatch } from '../engine/events.js';
import type { Pitfall } from './pitfall.js';
import { recognise } from './recognise.js';

/** The documented pitfall that these lines of output show most clearly; undefined when they show none. */
export function matchPitfall(
  lines: readonly string[],
  pitfalls: readonly Pitfall[],
): PitfallMatch | undefined {
  const [found] = recognise(lines, pitfalls);
  if (found === undefined) return undefined;
  const { id, meaning, remedy } = found.pitfall;
  return { id, line: found.lines.at(-1) ?? '', meaning, steps: remedy.steps };
}

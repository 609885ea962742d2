/**
 * The word that was probably meant, or undefined when none is near enough to be worth naming.
 * Letter case counts for less than any other difference; `Shanghai` finds `Asia/Shanghai`.
 */
export function nearestWord(typed: string, words: Iterable<string>): string | undefined {
  const wanted = typed.toLowerCase();
  if (wanted === '') return undefined;
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const word of words) {
    const distance = distanceTo(wanted, word.toLowerCase(), limit);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  return best;
}

function distanceTo(wanted: string, word: string, limit: number): number {
  const lastPart = word.slice(word.lastIndexOf('/') + 1);
  const whole = wordDistance(wanted, word, limit);
  return lastPart === word ? whole : Math.min(whole, wordDistance(wanted, lastPart, limit) + 0.5);
}

/**
 * Letters to insert, delete, replace or swap with a neighbour to turn one word into the other
 * (optimal string alignment). Anything above `limit` is reported as Infinity.
 */
export function wordDistance(from: string, to: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(from.length - to.length) > limit) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
        swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = current;
  }
  const distance = at(last, to.length);
  return distance > limit ? Number.POSITIVE_INFINITY : distance;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}

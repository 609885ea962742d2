/** More hosts than this in one range is taken for a slip of the finger. */
const LARGEST_RANGE = 1000;

export interface Expansion {
  /** The words that the pattern stands for; a pattern without a range stands for itself. */
  readonly words: readonly string[];
  /** True when the pattern holds a range, even one of a single number. */
  readonly ranged: boolean;
  /** Why the range cannot be read; `words` is then empty. */
  readonly problem?: string | undefined;
  /** The pattern that was probably meant. */
  readonly nearest?: string | undefined;
}

/**
 * `node[01:20]` stands for node01, node02 … node20. The numbers are decimal and both ends belong to the range; leading
 * zeros keep their width. One range a word. Square brackets that hold no `:` between digits are left as they are.
 */
export function expandRange(pattern: string): Expansion {
  const ranges = [...pattern.matchAll(/\[([^[\]]*)\]/g)];
  const [range] = ranges;
  if (range === undefined) return { words: [pattern], ranged: false };
  if (ranges.length > 1) return refuse('it has two ranges; one word can have one');
  const before = pattern.slice(0, range.index);
  const after = pattern.slice(range.index + range[0].length);
  const inside = range[1] ?? '';
  const ends = /^(\d+):(\d+)$/.exec(inside);
  if (ends === null) return refuseInside(inside, (fixed) => `${before}[${fixed}]${after}`);
  const numbers = expandNumbers(ends[1] ?? '', ends[2] ?? '');
  if (typeof numbers === 'string') return refuse(numbers);
  return { words: numbers.map((number) => before + number + after), ranged: true };
}

function expandNumbers(first: string, last: string): string[] | string {
  const count = Number(last) - Number(first) + 1;
  if (count < 1) return `the range runs backwards, from ${first} to ${last}`;
  if (count > LARGEST_RANGE)
    return `the range stands for ${count} words; at most ${LARGEST_RANGE} are accepted`;
  const padded = hasLeadingZero(first) || hasLeadingZero(last);
  if (padded && first.length !== last.length) {
    const width = Math.max(first.length, last.length);
    return `the two ends have different widths; write [${first.padStart(width, '0')}:${last.padStart(width, '0')}]`;
  }
  const width = padded ? first.length : 0;
  return Array.from({ length: count }, (_, index) => String(Number(first) + index).padStart(width, '0'));
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0');
}

function refuseInside(inside: string, rebuild: (inside: string) => string): Expansion {
  const steps = /^(\d+):(\d+):\d+$/.exec(inside);
  if (steps !== null) return refuse('a range has no step', rebuild(`${steps[1]}:${steps[2]}`));
  const otherSign = /^ *(\d+)\s*(?:-|\.\.\.?|,|:)\s*(\d+) *$/.exec(inside);
  if (otherSign !== null)
    return refuse('the ends of a range are separated by ":"', rebuild(`${otherSign[1]}:${otherSign[2]}`));
  if (/^[a-z]:[a-z]$/i.test(inside)) return refuse('a range counts with digits, not with letters');
  return refuse('a range is written [FIRST:LAST] with two whole numbers');
}

function refuse(problem: string, nearest?: string): Expansion {
  return { words: [], ranged: true, problem, nearest };
}

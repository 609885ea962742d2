import { type Report, simpleReport } from './report.js';
import { RunDigest } from './run-digest.js';

/**
 * Prints a plan once it is whole: the changes, then what stands in the way, then the sum.
 * @param inventory as it stands in a command line
 */
export function planReport(print: (lines: readonly string[]) => void, inventory: string): Report {
  const digest = new RunDigest(inventory);
  return simpleReport((event) => {
    digest.event(event);
    if (event.kind === 'run-end') print(digest.lines(event.summary));
  });
}

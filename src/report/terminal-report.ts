import type { Output } from '../cli/context.js';
import { HostBoard } from './host-board.js';
import { linePrinter } from './line-printer.js';
import { LiveRows } from './live-rows.js';
import type { Report } from './report.js';
import { RunDigest } from './run-digest.js';

/**
 * Live progress while the run goes on: a row a host with what it is at, for how long, and the last line of its output.
 * When it is over the rows give way to what is worth reading.
 * @param inventory as it stands in a command line
 */
export function terminalReport(output: Output, inventory: string): Report {
  const board = new HostBoard();
  const digest = new RunDigest(inventory);
  const print = linePrinter(output);
  let live: LiveRows | undefined;
  let questions = 0;
  let end: readonly string[] = [];
  const clear = async (): Promise<void> => {
    const rows = live;
    live = undefined;
    await rows?.close();
  };
  return {
    event: (event) => {
      board.event(event);
      digest.event(event);
      if (event.kind === 'run-end') end = digest.lines(event.summary);
      else if (questions === 0) live ??= new LiveRows(board, output);
    },
    quietly: async (ask) => {
      questions += 1;
      try {
        await clear();
        print(digest.takeProblems());
        return await ask();
      } finally {
        questions -= 1;
      }
    },
    close: async () => {
      await clear();
      print(end);
    },
  };
}

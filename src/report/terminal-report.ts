import type { ListrTask, ListrTaskWrapper, ListrRendererFactory } from 'listr2';
import type { RunEvent } from '../engine/events.js';
import type { Output } from '../cli/context.js';
import { HostBoard } from './host-board.js';
import type { Report } from './report.js';
import { errorLines, failureLines, hostLine, reattachLine, summaryLine } from './sentences.js';

/** Milliseconds between two drawings: listr2 draws the whole tree at every change, which is quadratic without this. */
const DRAW_INTERVAL = 100;
/** Milliseconds between two looks at the elapsed times. */
const TICK = 500;
/** Lines of the terminal kept for the play, and for the prompt below. */
const SPARE_LINES = 4;

type Wrapper = ListrTaskWrapper<unknown, ListrRendererFactory, ListrRendererFactory>;

/** Live progress: a row a host with what it is at, for how long, and the last line of its output. The outcome is printed below. */
export function terminalReport(output: Output): Report {
  const board = new HostBoard();
  const tail: string[] = [];
  let live: LiveRows | undefined;
  let summary: readonly string[] = [];
  const suspend = async (): Promise<void> => {
    const rows = live;
    live = undefined;
    await rows?.close();
  };
  return {
    event: (event) => {
      board.event(event);
      if (event.kind !== 'run-end') live ??= new LiveRows(board, output);
      tail.push(...lastingLines(event));
      if (event.kind === 'run-end') summary = endLines(event);
    },
    suspend,
    close: async () => {
      await suspend();
      const lines = [...tail, ...summary];
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    },
  };
}

/** What stays on the screen when the rows are gone. */
function lastingLines(event: RunEvent): string[] {
  if (event.kind === 'unreachable') return errorLines(event.host, event.error);
  if (event.kind === 'notice') return [event.host === undefined ? event.text : `${event.host} ${event.text}`];
  if (event.kind !== 'task-end') return [];
  if (event.status === 'failed') return failureLines(event);
  return event.status === 'changed' ? [`${event.host}: ${event.stage}/${event.task}: changed`] : [];
}

function endLines({ summary }: Extract<RunEvent, { kind: 'run-end' }>): string[] {
  const hosts = Object.keys(summary.hosts).map((host) => `${host}: ${hostLine(summary, host)}`);
  const reattach = reattachLine(summary);
  return [...hosts, ...(reattach === undefined ? [] : [reattach]), summaryLine(summary)];
}

/** The rows on the screen: listr2 tasks that end when the run does. */
class LiveRows {
  readonly #board: HostBoard;
  readonly #output: Output;
  readonly #wrappers: Wrapper[] = [];
  readonly #finish: (() => void)[] = [];
  readonly #drawn: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  readonly #height: number;
  #closed = false;

  constructor(board: HostBoard, output: Output) {
    this.#board = board;
    this.#output = output;
    this.#height = Math.max(1, Math.min(board.hosts().length, output.rows - SPARE_LINES));
    this.#drawn = this.#draw();
    this.#timer = setInterval(() => this.#update(), TICK);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#update();
    for (const finish of this.#finish) finish();
    await this.#drawn;
  }

  async #draw(): Promise<void> {
    const { DefaultRenderer, Listr } = await import('listr2');
    class Throttled extends DefaultRenderer {
      #next: NodeJS.Timeout | undefined;
      override update(): void {
        this.#next ??= setTimeout(() => {
          this.#next = undefined;
          super.update();
        }, DRAW_INTERVAL);
      }
      override end(): void {
        clearTimeout(this.#next);
        super.end();
      }
    }
    // The play has the first row, the hosts the rest.
    const tasks: ListrTask[] = Array.from({ length: this.#height + 1 }, (_, index) => ({
      title: ' ',
      task: (_context, wrapper) => this.#row(index, wrapper),
    }));
    const list = new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: Throttled as never,
    });
    await list.run();
  }

  #row(index: number, wrapper: Wrapper): Promise<void> {
    this.#wrappers[index] = wrapper;
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => this.#finish.push(resolve));
  }

  #update(): void {
    const width = this.#output.columns - 6;
    const play = this.#board.play() || 'connecting and looking at the hosts';
    const lines = [play, ...this.#board.lines(Date.now(), width, this.#height)];
    for (const [index, wrapper] of this.#wrappers.entries()) wrapper.title = lines[index] ?? ' ';
  }
}

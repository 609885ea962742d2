import type { ListrRendererFactory, ListrTask, ListrTaskWrapper } from 'listr2';
import type { Output } from '../cli/context.js';
import type { HostBoard } from './host-board.js';

/** Milliseconds between two drawings: listr2 draws the whole tree at every change, which is quadratic without this. */
const DRAW_INTERVAL = 100;
/** Milliseconds between two looks at the elapsed times. */
const TICK = 500;
/** Lines of the terminal kept for the play, and for the prompt below. */
const SPARE_LINES = 4;
/** Columns that listr2 takes for its sign, and keeps free. */
const SPARE_COLUMNS = 5;

type Wrapper = ListrTaskWrapper<unknown, ListrRendererFactory, ListrRendererFactory>;

/** The rows on the screen: one for the play and one for each host, each a listr2 task that ends when the run does. */
export class LiveRows {
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
    this.#height = Math.max(1, Math.min(board.size, output.rows - SPARE_LINES));
    this.#drawn = this.#draw();
    this.#timer = setInterval(() => this.#update(), TICK);
  }

  /** Takes the rows off the screen. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
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
    const tasks: ListrTask[] = Array.from({ length: this.#height + 1 }, (_, index) => ({
      title: ' ',
      task: (_context, wrapper) => this.#row(index, wrapper),
    }));
    const list = new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: Throttled as never,
      // What became of the hosts is printed when the run is over; the rows would say it twice.
      rendererOptions: { clearOutput: true } as never,
    });
    await list.run();
  }

  #row(index: number, wrapper: Wrapper): Promise<void> {
    this.#wrappers[index] = wrapper;
    if (this.#closed) return Promise.resolve();
    this.#update();
    return new Promise((resolve) => this.#finish.push(resolve));
  }

  #update(): void {
    const width = this.#output.columns - SPARE_COLUMNS;
    const lines = this.#board.lines(Date.now(), width, this.#height);
    for (const [index, wrapper] of this.#wrappers.entries()) wrapper.title = lines[index] ?? ' ';
  }
}

import type { Output } from '../cli/context.js';
import { hostList } from './group-alike.js';

/** Milliseconds that may pass in silence. */
const PATIENCE = 2000;

/** Says on a terminal which hosts are waited for, once that takes longer than a moment; the line is gone when none is. */
export class WaitingLine {
  readonly #output: Output;
  readonly #since = Date.now();
  #timer: NodeJS.Timeout | undefined;
  #shown = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param hosts those that have not answered yet */
  readonly update = (hosts: readonly string[]): void => {
    if (!this.#output.isTerminal) return;
    clearTimeout(this.#timer);
    if (hosts.length === 0) this.#write('');
    else this.#timer = setTimeout(() => this.#show(hosts), Math.max(0, this.#since + PATIENCE - Date.now()));
  };

  #show(hosts: readonly string[]): void {
    this.#write(`waiting for ${hostList(hosts)}`.slice(0, this.#output.columns - 1));
    this.#shown = true;
  }

  /** In place of what stands in the line. */
  #write(text: string): void {
    if (this.#shown || text !== '') this.#output.write(`\r\u001b[2K${text}`);
  }
}

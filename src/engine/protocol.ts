/** What a host's program says, one JSON line each; `o` is how far the output had come (bytes). */
export type HostEvent =
  | { readonly t: 'look'; readonly pid: number }
  | { readonly t: 'after'; readonly i: number; readonly on: string }
  | { readonly t: 'start'; readonly i: number; readonly o: number }
  | {
      readonly t: 'check' | 'apply' | 'verify';
      readonly i: number;
      readonly rc: number;
      readonly o?: number;
    }
  | { readonly t: 'output'; readonly i: number }
  | { readonly t: 'busy'; readonly owner: RunOwner | null }
  | { readonly t: 'missing'; readonly what: string }
  | { readonly t: 'end'; readonly rc: number; readonly o: number }
  | { readonly t: 'absent' | 'gone' | 'done' }
  | { readonly t: 'run'; readonly folder: string; readonly meta: RunMetadata };

/** Who holds a host. */
export interface RunOwner {
  readonly run: string;
  readonly user: string;
  readonly controller: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
}

/** What a run folder says of itself, for a controller that did not start it. */
export interface RunMetadata {
  readonly run: string;
  readonly stage: string;
  readonly play: string;
  readonly owner: RunOwner;
  readonly tasks: readonly { readonly id: string; readonly title: string; readonly proof: boolean }[];
}

export interface ProtocolHandlers {
  readonly onEvent: (event: HostEvent) => void;
  /** Output of tasks, in chunks as they come. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** How many bytes of the run's two files have arrived whole; following goes on from here after a lost connection. */
export interface Offsets {
  events: number;
  out: number;
}

const NEWLINE = 0x0a;

/**
 * Reads a host's answer as it arrives, cut anywhere. Lines are events, or output when they start with `|`; a frame line
 * announces that so many bytes of the run's `events` or `out` file follow as they are.
 */
export class ProtocolReader {
  readonly offsets: Offsets;
  readonly #handlers: ProtocolHandlers;
  #buffer: Buffer = Buffer.alloc(0);
  #frame: { of: 'events' | 'out'; left: number } | undefined;
  /** The start of an event line whose end has not arrived; not counted in the offset until then. */
  #partialEvent: Buffer = Buffer.alloc(0);

  constructor(handlers: ProtocolHandlers, offsets: Offsets = { events: 0, out: 0 }) {
    this.#handlers = handlers;
    this.offsets = offsets;
  }

  push(chunk: Buffer): void {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    while (this.#frame === undefined ? this.#readLine() : this.#readFrame(this.#frame));
  }

  #readLine(): boolean {
    const end = this.#buffer.indexOf(NEWLINE);
    if (end === -1) return false;
    const line = this.#buffer.subarray(0, end).toString('utf8');
    this.#buffer = this.#buffer.subarray(end + 1);
    if (line.startsWith('|')) this.#handlers.onOutput(Buffer.from(`${line.slice(1)}\n`));
    else if (line.startsWith('{"t":"frame"')) this.#startFrame(line);
    else this.#event(line);
    return true;
  }

  #startFrame(line: string): void {
    const frame = JSON.parse(line) as { of: 'events' | 'out'; n: number };
    this.#frame = { of: frame.of, left: frame.n };
    this.#partialEvent = Buffer.alloc(0);
  }

  #readFrame(frame: { of: 'events' | 'out'; left: number }): boolean {
    if (this.#buffer.length === 0) return false;
    const bytes = this.#buffer.subarray(0, frame.left);
    this.#buffer = this.#buffer.subarray(bytes.length);
    frame.left -= bytes.length;
    if (frame.left === 0) this.#frame = undefined;
    if (frame.of === 'out') {
      this.offsets.out += bytes.length;
      this.#handlers.onOutput(bytes);
    } else {
      this.#eventBytes(bytes);
    }
    return true;
  }

  #eventBytes(bytes: Buffer): void {
    let rest = this.#partialEvent.length === 0 ? bytes : Buffer.concat([this.#partialEvent, bytes]);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      const line = rest.subarray(0, end).toString('utf8');
      rest = rest.subarray(end + 1);
      this.offsets.events += end + 1;
      this.#event(line);
    }
    this.#partialEvent = rest;
  }

  /** A line that is no event (a profile that prints, a warning of the shell) is output. */
  #event(line: string): void {
    const event = parseEvent(line);
    if (event === undefined) this.#handlers.onOutput(Buffer.from(`${line}\n`));
    else this.#handlers.onEvent(event);
  }
}

function parseEvent(line: string): HostEvent | undefined {
  if (!line.startsWith('{"t":"')) return undefined;
  try {
    return JSON.parse(line) as HostEvent;
  } catch {
    return undefined;
  }
}

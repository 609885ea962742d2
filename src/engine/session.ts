import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../errors.js';
import type { Connect, Connection } from '../ssh/connection.js';

/** Milliseconds during which a lost host is tried again. */
const RECONNECT_DEADLINE = 300_000;
const FIRST_DELAY = 250;
const LONGEST_DELAY = 5_000;

/** Codes after which another try cannot help; the operator has to do something. */
const FINAL = new Set([
  'SSH_AUTH',
  'SSH_HOST_KEY_UNKNOWN',
  'SSH_HOST_KEY_CHANGED',
  'SSH_UNSUPPORTED',
  'SUDO_PASSWORD',
  'SUDO_DENIED',
]);

export interface SessionEvents {
  readonly lost: (reason: string) => void;
  readonly back: () => void;
}

/** A host's connection for the length of a run: opened once, opened again when it breaks. */
export class Session {
  readonly host: string;
  readonly #connect: Connect;
  readonly #events: SessionEvents;
  readonly #signal: AbortSignal;
  #connection: Connection | undefined;

  constructor(host: string, connect: Connect, events: SessionEvents, signal: AbortSignal) {
    this.host = host;
    this.#connect = connect;
    this.#events = events;
    this.#signal = signal;
  }

  /** The first connection; its errors are the caller's to report. */
  async open(): Promise<void> {
    this.#connection = await this.#connect(this.#signal);
  }

  async close(): Promise<void> {
    await this.#connection?.close();
    this.#connection = undefined;
  }

  /**
   * Does something with the connection, and does it again on a new one when the connection breaks under it.
   * `action` must therefore be safe to repeat: a look is, and following goes on from its offset.
   */
  async use<Result>(action: (connection: Connection) => Promise<Result>): Promise<Result> {
    for (;;) {
      const connection = this.#connection ?? (await this.#reconnect());
      try {
        return await action(connection);
      } catch (error) {
        if (!isLost(error) || this.#signal.aborted) throw error;
        this.#connection = undefined;
        await connection.close();
        this.#events.lost(error.message);
      }
    }
  }

  async #reconnect(): Promise<Connection> {
    const deadline = Date.now() + RECONNECT_DEADLINE;
    for (let delay = FIRST_DELAY; ; delay = Math.min(delay * 2, LONGEST_DELAY)) {
      try {
        this.#connection = await this.#connect(this.#signal);
        this.#events.back();
        return this.#connection;
      } catch (error) {
        if (isFinal(error) || this.#signal.aborted || Date.now() + delay > deadline) throw error;
        await sleep(delay, undefined, { signal: this.#signal });
      }
    }
  }
}

function isLost(error: unknown): error is ProvisionError {
  return error instanceof ProvisionError && error.code === 'SSH_LOST';
}

function isFinal(error: unknown): boolean {
  return !(error instanceof ProvisionError) || FINAL.has(error.code);
}

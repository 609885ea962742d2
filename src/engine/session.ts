import { ProvisionError } from '../errors.js';
import type { Connect, Connection } from '../ssh/connection.js';
import { reconnect } from '../ssh/reconnect.js';

/** Milliseconds during which a lost host is tried again. */
const RECONNECT_DEADLINE = 300_000;

export interface SessionEvents {
  readonly lost: (reason: string) => void;
  readonly back: () => void;
}

/** A host's connection for the length of a run: opened once, opened again when it breaks. Several may use it at a time. */
export class Session {
  readonly host: string;
  readonly #connect: Connect;
  readonly #events: SessionEvents;
  readonly #signal: AbortSignal;
  #connection: Connection | undefined;
  #reconnecting: Promise<Connection> | undefined;

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
      const connection = this.#connection ?? (await this.#connectAgain());
      try {
        return await action(connection);
      } catch (error) {
        if (!isLost(error) || this.#signal.aborted) throw error;
        await this.#lose(connection, error.message);
      }
    }
  }

  /** Of those who use a connection, the first one who loses it tells. */
  async #lose(connection: Connection, reason: string): Promise<void> {
    if (this.#connection !== connection) return;
    this.#connection = undefined;
    await connection.close();
    this.#events.lost(reason);
  }

  async #connectAgain(): Promise<Connection> {
    this.#reconnecting ??= this.#reconnect().finally(() => {
      this.#reconnecting = undefined;
    });
    return this.#reconnecting;
  }

  async #reconnect(): Promise<Connection> {
    const options = { deadlineMs: RECONNECT_DEADLINE, signal: this.#signal };
    this.#connection = await reconnect(this.#connect, options);
    this.#events.back();
    return this.#connection;
  }
}

function isLost(error: unknown): error is ProvisionError {
  return error instanceof ProvisionError && error.code === 'SSH_LOST';
}

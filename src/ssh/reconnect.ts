import { ExitCode, ProvisionError } from '../errors.js';
import type { Connect, Connection } from './connection.js';
import { sleep } from './deadline.js';
import { isWorthRetrying } from './failures.js';

export interface ReconnectOptions {
  /** Milliseconds from now after which the last error is thrown. */
  readonly deadlineMs: number;
  /** Called before each try, with the number of the try (from 1) and why the one before failed. */
  readonly onAttempt?: ((attempt: number, error: unknown) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_WAIT = 100;
const LONGEST_WAIT = 5000;

/**
 * Connects again after a connection was lost, with growing waits (100 ms to 5 s) until the deadline.
 * Authentication, host-key and sudo errors end it at once: trying again changes nothing, and may lock an account.
 * @throws the last error; the reason of `signal`.
 */
export async function reconnect(connect: Connect, options: ReconnectOptions): Promise<Connection> {
  const { deadlineMs, onAttempt, signal } = options;
  const end = Date.now() + deadlineMs;
  let last: unknown;
  for (let attempt = 1; ; attempt++) {
    onAttempt?.(attempt, last);
    const left = AbortSignal.timeout(Math.max(end - Date.now(), 0));
    try {
      return await connect(AbortSignal.any([left, ...(signal ? [signal] : [])]));
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      last = error === left.reason ? (last ?? neverBack(deadlineMs)) : error;
      const wait = Math.min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT) * (0.75 + Math.random() / 2);
      if (left.aborted || !isWorthRetrying(error) || Date.now() + wait >= end) throw last;
      await sleep(wait, signal);
    }
  }
}

function neverBack(deadlineMs: number): ProvisionError {
  const text = `A host could not be reached again within ${deadlineMs / 1000} s after its connection was lost.`;
  return new ProvisionError('SSH_TIMEOUT', text, {
    hint: 'Run the same command again when it is back.',
    exitCode: ExitCode.unreachable,
  });
}

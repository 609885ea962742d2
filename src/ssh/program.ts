import type { Readable, Writable } from 'node:stream';
import { ProvisionError } from '../errors.js';
import type { ExecOptions, ExecResult } from './connection.js';
import { orAborted } from './deadline.js';

/** A program that runs on a host; both transports give it. */
export interface RemoteProgram {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The exit code, when the program has ended and both outputs are read. Rejects with SSH_LOST. */
  readonly ended: Promise<number>;
  /** Stops listening. The program itself may live on: closing a channel does not end what runs as root. */
  readonly close: () => void;
}

/** Starts a command line in the login shell of the user. */
export type StartProgram = (command: string, signal: AbortSignal) => Promise<RemoteProgram>;

/** What is done with a program between its start and its end. */
export interface Handling {
  readonly onStart: (program: RemoteProgram) => void;
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

/**
 * Runs a program to its end, or to its time limit, or until the caller's signal.
 * @throws ProvisionError EXEC_TIMEOUT, SSH_LOST; the signal's reason.
 */
export async function runToEnd(
  host: string,
  start: StartProgram,
  command: string,
  options: ExecOptions,
  handling: Handling,
): Promise<number> {
  const stop = new AbortController();
  const { signal, timeout } = options;
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer =
    timeout === undefined ? undefined : setTimeout(() => stop.abort(tooLong(host, timeout)), timeout);
  try {
    const starting = start(command, stop.signal);
    const program = await orAborted(starting, stop.signal).catch((error: unknown) => {
      starting.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    });
    return await follow(program, handling, stop.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function follow(program: RemoteProgram, handling: Handling, signal: AbortSignal): Promise<number> {
  // A program may end before it has read its input; its exit code tells what matters.
  program.stdin.on('error', () => undefined);
  program.stdout.on('data', handling.onStdout);
  program.stderr.on('data', handling.onStderr);
  program.ended.catch(() => undefined);
  try {
    handling.onStart(program);
    return await orAborted(program.ended, signal);
  } catch (error) {
    program.close();
    throw error;
  }
}

/** Collects chunks, or hands them on when the caller wants them as they come. */
export function createSink(onChunk: ((chunk: Buffer) => void) | undefined): {
  readonly take: (chunk: Buffer) => void;
  readonly all: () => Buffer;
} {
  const chunks: Buffer[] = [];
  return { take: onChunk ?? ((chunk) => void chunks.push(chunk)), all: () => Buffer.concat(chunks) };
}

/** Runs a command line with the given input. */
export async function runCommand(
  host: string,
  start: StartProgram,
  command: string,
  options: ExecOptions = {},
): Promise<ExecResult> {
  const stdout = createSink(options.onStdout);
  const stderr = createSink(options.onStderr);
  const code = await runToEnd(host, start, command, options, {
    onStart: (program) => void program.stdin.end(options.input ?? ''),
    onStdout: stdout.take,
    onStderr: stderr.take,
  });
  return { code, stdout: stdout.all(), stderr: stderr.all() };
}

function tooLong(host: string, timeout: number): ProvisionError {
  return new ProvisionError('EXEC_TIMEOUT', `A command on ${host} did not end within ${timeout / 1000} s.`, {
    hint: 'It may still be running there; look at the host before you run it again.',
    host,
  });
}

import type { WriteStream } from 'node:tty';
import { ExitCode } from '../errors.js';
import type { Context, Output } from './context.js';
import { terminalPrompts } from './prompts.js';

/** The context of a real process: its streams, its signals. `dispose` gives the signals back. */
export function processContext(debug: boolean): { context: Context; dispose: () => void } {
  const soft = new AbortController();
  const hard = new AbortController();
  const stderr = output(process.stderr);
  const onSignal = (): void => {
    if (soft.signal.aborted) hard.abort(new Error('interrupted'));
    else {
      stderr.write('\nStopping after the running tasks; press Ctrl-C again to stop watching at once.\n');
      soft.abort(new Error('interrupted'));
    }
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A reader that has seen enough (`| head`) ends the program quietly.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.done);
    throw error;
  });
  const context: Context = {
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr,
    stdinIsTerminal: process.stdin.isTTY,
    prompts: terminalPrompts,
    softStop: soft.signal,
    hardStop: hard.signal,
    debug,
  };
  const dispose = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { context, dispose };
}

function output(stream: WriteStream): Output {
  const isTerminal = stream.isTTY;
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    get columns() {
      return stream.columns ?? 80;
    },
    get rows() {
      return stream.rows ?? 24;
    },
    colour: isTerminal && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb',
  };
}

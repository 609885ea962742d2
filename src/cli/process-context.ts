import type { WriteStream } from 'node:tty';
import { ExitCode } from '../errors.js';
import type { Context, Output } from './context.js';
import { terminalPrompts } from './prompts.js';

/** The context of a real process: its streams, its signals. `dispose` gives the signals back. */
export function processContext(debug: boolean): { context: Context; dispose: () => void } {
  const interruption = createInterruption();
  for (const stream of [process.stdout, process.stderr]) endQuietly(stream);
  const context: Context = {
    cwd: process.cwd(),
    env: process.env,
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    stdinIsTerminal: process.stdin.isTTY,
    prompts: terminalPrompts,
    get softStop() {
      return interruption.soft();
    },
    get hardStop() {
      return interruption.hard();
    },
    debug,
  };
  return { context, dispose: interruption.dispose };
}

interface Interruption {
  readonly soft: () => AbortSignal;
  readonly hard: () => AbortSignal;
  readonly dispose: () => void;
}

/**
 * Ctrl-C as two signals. They are taken from the process only when a command asks for them: one that does not is ended by
 * Ctrl-C like any program. The third time ends every command.
 */
function createInterruption(): Interruption {
  const soft = new AbortController();
  const hard = new AbortController();
  let listening = false;
  const onSignal = (): void => {
    if (hard.signal.aborted) process.exit(ExitCode.interrupted);
    (soft.signal.aborted ? hard : soft).abort(new Error('interrupted'));
  };
  const listen = (): void => {
    if (listening) return;
    listening = true;
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  };
  const signalOf = (controller: AbortController) => (): AbortSignal => {
    listen();
    return controller.signal;
  };
  const dispose = (): void => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
  return { soft: signalOf(soft), hard: signalOf(hard), dispose };
}

/** A reader that has seen enough (`| head`) ends the program without a word; what runs on the hosts goes on there. */
function endQuietly(stream: WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(ExitCode.interrupted);
    throw error;
  });
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

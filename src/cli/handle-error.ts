import { ExitCode, ProvisionError } from '../errors.js';
import type { Context } from './context.js';

/** Errors of inquirer when the operator leaves a question. */
const LEFT_PROMPT = new Set(['ExitPromptError', 'AbortPromptError']);

/** The one place that turns an error into text and an exit code. A stack is shown for bugs, and with --debug. */
export function handleError(error: unknown, context: Context): number {
  if (error instanceof ProvisionError) {
    context.stderr.write(`${errorText(error)}\n`);
    if (context.debug) context.stderr.write(`${stackOf(error)}\n`);
    return error.exitCode;
  }
  if (isInterruption(error, context)) {
    context.stderr.write('Interrupted.\n');
    return ExitCode.interrupted;
  }
  context.stderr.write(
    `This is a mistake in provision itself, please report it with what you did:\n${stackOf(error)}\n`,
  );
  return ExitCode.failed;
}

/** The operator's doing: a question that was left, or Ctrl-C while something was waited for. */
function isInterruption(error: unknown, context: Context): boolean {
  if (!(error instanceof Error)) return false;
  if (LEFT_PROMPT.has(error.name)) return true;
  const stopped = [context.softStop, context.hardStop].filter(({ aborted }) => aborted);
  return (
    stopped.some(({ reason }) => error === reason) || (stopped.length > 0 && error.name === 'AbortError')
  );
}

/** The sentence, then what to do. */
export function errorText(error: ProvisionError): string {
  const hint = error.hint === undefined ? '' : `\n  ${error.hint}`;
  return `${error.message}${hint}\n  (${error.code})`;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\nCaused by: ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** Exit codes of the program; a promise to users, documented in docs/errors.md. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  changesPending: 3,
  unreachable: 4,
  hostKey: 5,
  locked: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface ProvisionErrorOptions {
  /** What the operator can do now, as a sentence with the exact command where there is one. */
  hint?: string | undefined;
  /** The inventory name of the host on which it happened. */
  host?: string | undefined;
  /** Defaults to `failed`. */
  exitCode?: ExitCode | undefined;
  cause?: unknown;
}

/**
 * An error that an operator can act on: a stable code, a sentence, a hint.
 * Anything else that reaches the command line is a bug in the program and prints its stack.
 */
export class ProvisionError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly host: string | undefined;
  readonly exitCode: ExitCode;

  /** @param code stable, UPPER_SNAKE, listed in docs/errors.md; tests assert it. */
  constructor(code: string, message: string, options: ProvisionErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'ProvisionError';
    this.code = code;
    this.hint = options.hint;
    this.host = options.host;
    this.exitCode = options.exitCode ?? ExitCode.failed;
  }
}

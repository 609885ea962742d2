import { ProvisionError } from '../errors.js';

export interface LocalResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LocalOptions {
  readonly input?: string | Buffer | undefined;
  /** Returns a failure instead of throwing it. */
  readonly allowFailure?: boolean | undefined;
}

/**
 * Runs a command on this machine and waits for its end.
 * @throws ProvisionError LAB_COMMAND with the last lines of its output.
 */
export async function runLocal(argv: readonly string[], options: LocalOptions = {}): Promise<LocalResult> {
  const { $ } = await import('zx');
  // An instance of our own: ZX_SHELL and the like in the environment must not change what runs.
  const run = $({
    quiet: true,
    verbose: false,
    nothrow: true,
    shell: '/bin/bash',
    input: options.input ?? '',
  });
  const output = await run`${argv}`;
  const result = { code: output.exitCode ?? 1, stdout: output.stdout, stderr: output.stderr };
  if (result.code !== 0 && options.allowFailure !== true) throw commandFailed(argv, result);
  return result;
}

function commandFailed(argv: readonly string[], result: LocalResult): ProvisionError {
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-8).join('\n');
  return new ProvisionError(
    'LAB_COMMAND',
    `On this machine \`${argv.slice(0, 6).join(' ')}\` ended with exit code ${result.code}: ${said}`,
  );
}

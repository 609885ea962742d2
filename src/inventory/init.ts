import { existsSync, writeFileSync } from 'node:fs';
import type { Context } from '../cli/context.js';
import { ExitCode, ProvisionError } from '../errors.js';
import { quote } from '../shell/quote.js';
import { askInventory } from './init-questions.js';
import { renderInventory } from './init-render.js';
import { loadInventory } from './load.js';
import { summarize } from './summary.js';

export interface InitRequest {
  /** The file as the operator named it; for messages. */
  readonly name: string;
  readonly path: string;
  readonly overwrite: boolean;
}

/**
 * Asks, writes a commented inventory file, reads it back and says what comes next.
 * @throws ProvisionError NO_TERMINAL, FILE_EXISTS or FILE_NOT_WRITTEN, all with the exit code for usage.
 */
export async function initInventory(
  { name, path, overwrite }: InitRequest,
  context: Pick<Context, 'env' | 'stdout' | 'stdinIsTerminal' | 'prompts'>,
): Promise<void> {
  if (!context.stdinIsTerminal)
    throw new ProvisionError(
      'NO_TERMINAL',
      'provision init asks questions, and standard input is not a terminal.',
      {
        hint: 'Use an editor: copy inventory.example.yaml, change it, then check it with `provision validate FILE`.',
        exitCode: ExitCode.usage,
      },
    );
  // Before the questions: nobody wants to answer them for nothing.
  if (!overwrite && existsSync(path)) throw fileExists(name);
  const answers = await askInventory(context.prompts);
  write({ name, path, overwrite }, renderInventory(answers, quote(name)));
  const inventory = await loadInventory(path, { env: context.env });
  context.stdout.write(
    `\nWrote ${name}. This is what it says:\n\n${summarize(inventory)}\n\nNext, see what would be done:\n  provision plan ${quote(name)}\n`,
  );
}

function write({ name, path, overwrite }: InitRequest, text: string): void {
  try {
    writeFileSync(path, text, { flag: overwrite ? 'w' : 'wx' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw fileExists(name);
    throw new ProvisionError('FILE_NOT_WRITTEN', `${name} could not be written: ${reasonOf(error)}.`, {
      hint: 'Name a file in a folder that exists and in which you may write.',
      exitCode: ExitCode.usage,
      cause: error,
    });
  }
}

function fileExists(name: string): ProvisionError {
  return new ProvisionError('FILE_EXISTS', `${name} exists already; it was left as it is.`, {
    hint: `Name another file, or overwrite it: provision init ${quote(name)} --force`,
    exitCode: ExitCode.usage,
  });
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? String(error);
}

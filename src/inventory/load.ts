import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Inventory } from './inventory.js';
import { surroundingsOf, whyUnreadable } from './substitute.js';

export interface LoadOptions {
  /** Values of `${env:NAME}`; the program's own environment by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Reads the inventory and the files that `${file:PATH}` names. */
  readonly readFile?: (path: string) => Uint8Array;
}

const LARGEST_INVENTORY = 1024 * 1024;

/**
 * Reads, checks and completes an inventory file.
 * @throws ProvisionError INVENTORY_UNREADABLE when there is no such file, INVENTORY_INVALID with a report of everything
 * that is wrong with it; both with the exit code for usage.
 */
export async function loadInventory(path: string, options: LoadOptions = {}): Promise<Inventory> {
  const readFile = options.readFile ?? readFileSync;
  const shown = shownPath(path);
  const text = decode(shown, readBytes(path, shown, readFile));
  const surroundings = surroundingsOf(path, options.env ?? process.env, readFile);
  // The yaml package takes 40 ms to load, so that it waits until a file is there.
  const [{ parseInventory }, { renderProblems }] = await Promise.all([
    import('./parse.js'),
    import('./problems.js'),
  ]);
  const source = { path: shown, text };
  const result = parseInventory(source, resolve(path), surroundings);
  if (result.inventory !== undefined) return result.inventory;
  throw invalid(shown, renderProblems(source, result.problems));
}

/** From the working folder when the file is in it: short enough to read, and editors follow it. */
function shownPath(path: string): string {
  const short = relative('', resolve(path));
  return short === '' || short.startsWith('..') ? path : short;
}

function readBytes(path: string, shown: string, readFile: (path: string) => Uint8Array): Uint8Array {
  try {
    return readFile(path);
  } catch (error) {
    const reason = whyUnreadable(error);
    const isMissing = reason === 'does not exist';
    throw new ProvisionError('INVENTORY_UNREADABLE', `The inventory ${shown} ${reason}.`, {
      hint: isMissing
        ? `Name another file, or write this one: provision init ${shown}`
        : 'Name an inventory file.',
      exitCode: ExitCode.usage,
      cause: error,
    });
  }
}

function decode(path: string, bytes: Uint8Array): string {
  if (bytes.length > LARGEST_INVENTORY) {
    const megabytes = (bytes.length / 1024 / 1024).toFixed(1);
    throw invalid(path, `${path} has ${megabytes} MB; an inventory has at most 1 MB. Is it the right file?`);
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    throw invalid(path, `${path} is UTF-16 text; save it as UTF-8.`);
  if (bytes.includes(0)) throw invalid(path, `${path} is not a text file: it has NUL bytes in it.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw invalid(
      path,
      `${path}:${lineOfBadByte(bytes)}: the line is not UTF-8 text; save the file as UTF-8.`,
    );
  }
}

function lineOfBadByte(bytes: Uint8Array): number {
  const lines = new TextDecoder('utf-8').decode(bytes).split('\n');
  return lines.findIndex((line) => line.includes('\ufffd')) + 1;
}

function invalid(path: string, report: string): ProvisionError {
  return new ProvisionError('INVENTORY_INVALID', report, {
    hint: `Correct the file, then check it: provision validate ${path}`,
    exitCode: ExitCode.usage,
  });
}

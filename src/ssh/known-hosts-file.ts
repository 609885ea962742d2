import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { knownHostsLine } from './known-hosts.js';

/** The text of a known_hosts file; empty when there is none or it cannot be read. */
export function readKnownHostsFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Adds keys to a known_hosts file, made 0600 in a folder 0700 where missing, and returns the lines added.
 * All of them go in one write to the end of the file, so that another program that adds lines at the same time loses
 * none and gets none mixed.
 */
export function addToKnownHosts(
  file: string,
  keys: readonly { readonly name: string; readonly key: Buffer }[],
): string {
  const text = keys.map(({ name, key }) => knownHostsLine(name, key)).join('');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const descriptor = openSync(file, 'a+', 0o600);
  try {
    writeSync(descriptor, endsInMidLine(descriptor) ? `\n${text}` : text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return text;
}

function endsInMidLine(descriptor: number): boolean {
  const { size } = fstatSync(descriptor);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(descriptor, last, 0, 1, size - 1);
  return last.toString() !== '\n';
}

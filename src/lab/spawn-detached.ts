import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';

/**
 * Starts a program that outlives this one, its output appended to a file.
 * @returns a function that tells whether it has ended meanwhile.
 */
export async function spawnDetached(argv: readonly string[], log: string): Promise<() => boolean> {
  const output = await open(log, 'a');
  const [command, ...words] = argv;
  const child = spawn(command ?? 'false', words, {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
    cwd: '/',
  });
  await once(child, 'spawn');
  await output.close();
  child.unref();
  return () => child.exitCode !== null || child.signalCode !== null;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../../errors.js';

/** Milliseconds after which waiting for a lock is told. */
const SILENCE = 500;

/**
 * Does something while no other process does it. The lock ends with this process, however that ends.
 * @param onWait called when somebody else has the lock.
 * @param signal ends the waiting.
 * @throws ProvisionError LAB_COMMAND when there is no lock to be had.
 */
export async function withLock<T>(
  file: string,
  onWait: () => void,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  // flock holds it for a process that ends with its input, of which this process has the other end.
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const stop = (): void => void holder.kill();
  signal?.addEventListener('abort', stop);
  const closed = once(holder, 'close').then(() => false);
  const answered = once(holder.stdout, 'data').then(() => true);
  try {
    const held = await Promise.race([answered, closed, sleep(SILENCE)]);
    if (held === undefined) onWait();
    if (!(held ?? (await Promise.race([answered, closed])))) {
      throw new ProvisionError('LAB_COMMAND', `On this machine \`flock ${file}\` did not get the lock.`);
    }
    return await work();
  } finally {
    signal?.removeEventListener('abort', stop);
    holder.stdin.end();
    await closed;
  }
}

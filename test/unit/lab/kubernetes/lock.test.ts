import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withLock } from '../../../../src/lab/kubernetes/lock.js';

const nobody = (): void => undefined;

/** A promise and the function that resolves it. */
function deferred(): [Promise<void>, () => void] {
  let resolve = nobody;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return [promise, () => resolve()];
}

describe('withLock', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-'));
    file = join(folder, 'lock');
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('lets one in after the other, and tells the one that waits', async () => {
    const [finish, letFinish] = deferred();
    const [inside, isInside] = deferred();
    const order: string[] = [];
    const first = withLock(file, nobody, undefined, async () => {
      isInside();
      await finish;
      order.push('first');
    });
    await inside;
    const second = withLock(
      file,
      () => {
        order.push('second waits');
        letFinish();
      },
      undefined,
      async () => void order.push('second'),
    );
    await Promise.all([first, second]);
    expect(order).toEqual(['second waits', 'first', 'second']);
  });

  it('gives what the work gives, and is free again when the work fails', async () => {
    await expect(withLock(file, nobody, undefined, () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    const waited = vi.fn();
    await expect(withLock(file, waited, undefined, async () => 'done')).resolves.toBe('done');
    expect(waited).not.toHaveBeenCalled();
  });

  it('stops waiting when it is told to', async () => {
    const [finish, letFinish] = deferred();
    const [inside, isInside] = deferred();
    const first = withLock(file, nobody, undefined, async () => {
      isInside();
      await finish;
    });
    await inside;
    const controller = new AbortController();
    const work = vi.fn(async () => undefined);
    const second = withLock(file, () => controller.abort(), controller.signal, work);
    await expect(second).rejects.toMatchObject({ code: 'LAB_COMMAND' });
    expect(work).not.toHaveBeenCalled();
    letFinish();
    await first;
  });
});

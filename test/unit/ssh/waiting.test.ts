import { describe, expect, it } from 'vitest';
import { ExitCode, ProvisionError } from '../../../src/errors.js';
import type { Connection } from '../../../src/ssh/connection.js';
import { createDeadline, DeadlinePassed, orAborted, sleep } from '../../../src/ssh/deadline.js';
import { createLimit } from '../../../src/ssh/limit.js';
import { reconnect } from '../../../src/ssh/reconnect.js';

const connection: Connection = {
  host: 'node1',
  exec: () => Promise.reject(new Error('unused')),
  execRoot: () => Promise.reject(new Error('unused')),
  close: () => Promise.resolve(),
};

function failing(code: string): ProvisionError {
  return new ProvisionError(code, code, { exitCode: ExitCode.unreachable });
}

function never(signal?: AbortSignal): Promise<Connection> {
  return orAborted(new Promise(() => undefined), signal);
}

describe('a limit', () => {
  it('lets so many in, and the others in their order', async () => {
    const limit = createLimit(2);
    const order: number[] = [];
    let inside = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        const leave = await limit();
        most = Math.max(most, ++inside);
        order.push(index);
        await sleep(2);
        inside--;
        leave();
        leave();
      }),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('lets those go who no longer want in', async () => {
    const limit = createLimit(1);
    const leave = await limit();
    const controller = new AbortController();
    const waiting = limit(controller.signal);
    const next = limit();
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    leave();
    (await next)();
    await expect(limit(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });
});

describe('a deadline', () => {
  it('passes, and says what was being done', async () => {
    const deadline = createDeadline(20);
    deadline.doing = 'waiting';
    const error: unknown = await orAborted(sleep(1000), deadline.signal).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeadlinePassed);
    expect(error).toMatchObject({ doing: 'waiting' });
  });

  it('does not run while it is paused', async () => {
    const deadline = createDeadline(60);
    await deadline.pause(() => sleep(120));
    expect(deadline.signal.aborted).toBe(false);
    await expect(orAborted(sleep(500), deadline.signal)).rejects.toBeInstanceOf(DeadlinePassed);
  });

  it('follows the signal of the caller', async () => {
    const controller = new AbortController();
    const deadline = createDeadline(1000, controller.signal);
    controller.abort(new Error('stop'));
    await expect(orAborted(sleep(500), deadline.signal)).rejects.toThrow('stop');
    deadline.clear();
  });

  it('never passes once it is cleared', async () => {
    const deadline = createDeadline(20);
    deadline.clear();
    await sleep(60);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe('connecting again', () => {
  it('tries until it works, and tells each try and why', async () => {
    const attempts: [number, unknown][] = [];
    let tries = 0;
    const connect = async (): Promise<Connection> => {
      if (++tries < 3) throw failing('SSH_REFUSED');
      return connection;
    };
    const options = {
      deadlineMs: 5000,
      onAttempt: (attempt: number, error: unknown) => void attempts.push([attempt, error]),
    };
    expect(await reconnect(connect, options)).toBe(connection);
    expect(attempts.map(([attempt]) => attempt)).toEqual([1, 2, 3]);
    expect(attempts[0]?.[1]).toBeUndefined();
    expect(attempts[1]?.[1]).toMatchObject({ code: 'SSH_REFUSED' });
  });

  it.each([
    'SSH_AUTH',
    'SSH_HOST_KEY_UNKNOWN',
    'SSH_HOST_KEY_CHANGED',
    'SSH_HOST_KEY_REVOKED',
    'SSH_UNSUPPORTED',
    'SUDO_PASSWORD',
    'SUDO_DENIED',
    'OTHER',
  ])('ends at once with %s', async (code) => {
    let tries = 0;
    const connect = (): Promise<Connection> => {
      tries++;
      return Promise.reject(failing(code));
    };
    await expect(reconnect(connect, { deadlineMs: 5000 })).rejects.toMatchObject({ code });
    expect(tries).toBe(1);
  });

  it('throws the last error at the deadline', async () => {
    const begin = Date.now();
    await expect(
      reconnect(() => Promise.reject(failing('SSH_TIMEOUT')), { deadlineMs: 500 }),
    ).rejects.toMatchObject({ code: 'SSH_TIMEOUT' });
    expect(Date.now() - begin).toBeLessThan(1500);
  });

  it('ends a try that would take longer than the deadline', async () => {
    await expect(reconnect(never, { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'SSH_TIMEOUT',
      exitCode: 4,
    });
  });

  it('stops at the signal', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 30);
    await expect(
      reconnect(() => Promise.reject(failing('SSH_REFUSED')), {
        deadlineMs: 5000,
        signal: controller.signal,
      }),
    ).rejects.toThrow('enough');
  });
});

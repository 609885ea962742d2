import { describe, expect, it } from 'vitest';
import { Session } from '../../../src/engine/session.js';
import { ProvisionError } from '../../../src/errors.js';
import type { Connection } from '../../../src/ssh/connection.js';

/** A session whose connections are lost as often as is said, by all who use them. */
function session(losses: number) {
  const told: string[] = [];
  let made = 0;
  const connect = async (): Promise<Connection> => {
    made += 1;
    const number = made;
    await new Promise((resolve) => setImmediate(resolve));
    const exec = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if (number <= losses) throw new ProvisionError('SSH_LOST', `connection ${number} broke.`);
      return { code: number, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
    };
    return { host: 'node1', exec, execRoot: exec, close: async () => void told.push(`closed ${number}`) };
  };
  const events = { lost: (reason: string) => void told.push(reason), back: () => void told.push('back') };
  return { session: new Session('node1', connect, events, new AbortController().signal), told };
}

describe('a session', () => {
  it('that several use is opened again once for all of them', async () => {
    const { session: own, told } = session(1);
    await own.open();
    const used = await Promise.all([1, 2, 3].map(() => own.use((connection) => connection.execRoot(':'))));
    expect(used.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(told).toEqual(['closed 1', 'connection 1 broke.', 'back']);
    await own.close();
    expect(told.at(-1)).toBe('closed 2');
  });
});

import { describe, expect, it } from 'vitest';
import { followPlay } from '../../../src/engine/run-play.js';
import { Session } from '../../../src/engine/session.js';
import { TaskTracker } from '../../../src/engine/task-tracker.js';
import type { Connection, ExecOptions, ExecResult } from '../../../src/ssh/connection.js';

const frame = (of: 'events' | 'out', content: string): string =>
  `{"t":"frame","of":"${of}","n":${Buffer.byteLength(content)}}\n${content}`;

/** A host that says one thing after the other, and then is silent until nobody listens any more. */
function hostThatSays(saying: readonly (() => string)[]): Connection {
  const execRoot = (_script: string, options: ExecOptions = {}): Promise<ExecResult> =>
    new Promise((_resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('nobody listens')), { once: true });
      for (const news of saying) options.onStdout?.(Buffer.from(news()));
    });
  return { host: 'h1', execRoot, exec: () => Promise.reject(new Error('unused')), close: async () => {} };
}

describe('the wish to stop after the running task', () => {
  it('is heard when the news of its end brings the start of the next one', async () => {
    const soft = new AbortController();
    const news = [
      () => frame('events', '{"t":"start","i":0,"o":0}\n{"t":"check","i":0,"rc":1,"o":0}\n'),
      () => {
        soft.abort();
        return frame('events', '{"t":"verify","i":0,"rc":0,"o":5}\n{"t":"start","i":1,"o":5}\n');
      },
      // The output that the two events waited for ends one task and starts the next.
      () => frame('out', 'done\n'),
    ];
    const ends: string[] = [];
    const tracker = new TaskTracker(
      ['a', 'b'].map((id) => ({ id, title: id, proof: false, outputName: undefined })),
      {
        started: () => undefined,
        line: () => undefined,
        ended: (task, status) => ends.push(`${task.id} ${status}`),
      },
    );
    const quiet = { lost: () => undefined, back: () => undefined };
    const never = new AbortController().signal;
    const session = new Session('h1', () => Promise.resolve(hostThatSays(news)), quiet, never);
    await session.open();
    const end = await followPlay(session, 'run', tracker, { softStop: soft.signal, hardStop: never });
    expect(end).toEqual({ kind: 'detached' });
    expect(ends).toEqual(['a changed']);
  });
});

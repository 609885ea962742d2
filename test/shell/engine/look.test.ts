import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { look } from '../../../src/engine/look.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { SHELLS } from '../run-task.js';
import { fileTask, localHost, openSession, play, task } from './fixtures.js';

const never = new AbortController().signal;

describe.each(SHELLS)('a look in $name', (shell) => {
  it('judges each task and writes nothing', async () => {
    const host = await localHost(shell);
    writeFileSync(`${host.base}/a`, 'right\n');
    const { session } = await openSession(host);
    const tasks = [
      fileTask('as-desired', `${host.base}/a`, 'right'),
      fileTask('differs', `${host.base}/b`, `it's "$HOME" \\ |{"t":"check"}`),
      task('proof', { check: sh`echo 'not so'; exit 1` }),
      task('cannot-tell', { check: sh`echo 'no such thing' >&2; exit 7`, apply: sh`true` }),
    ];
    const { judgements } = await look(session, [play(tasks)], never);
    expect(judgements[0]?.map(({ task: { id }, status }) => `${id} ${status}`)).toEqual([
      'as-desired ok',
      'differs change',
      'proof failed',
      'cannot-tell failed',
    ]);
    expect(judgements[0]?.[1]?.text).toBe(`${host.base}/b differs`);
    expect(judgements[0]?.[3]?.text).toBe('no such thing');
    expect(readdirSync(host.base)).toEqual(['a']);
  });

  it('keeps the tasks apart: variables, folder and exit do not leak', async () => {
    const { session } = await openSession(await localHost(shell));
    const tasks = [
      task('leaky', { check: rawScript('leak=1; cd /tmp; set +u; trap "echo trapped" EXIT; exit 0') }),
      task('clean', { check: rawScript('[ -z "${leak:-}" ] && [ "$(pwd)" != /tmp ]') }),
    ];
    const { judgements } = await look(session, [play(tasks)], never);
    expect(judgements[0]?.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  it('reports what can only be known after an earlier task', async () => {
    const { session } = await openSession(await localHost(shell));
    const tasks = [
      task('first', { check: sh`exit 1`, apply: sh`true` }),
      task('second', { check: sh`exit 2`, apply: sh`true`, after: ['first'] }),
      task('third', { check: sh`exit 1`, apply: sh`true`, after: ['second'] }),
      task('proof', { check: sh`exit 1`, after: ['third'] }),
      task('asks', { check: sh`! pending first || { echo due; exit 1; }`, apply: sh`true` }),
      task('apart', { check: sh`exit 0`, apply: sh`true`, after: ['first'] }),
    ];
    const { judgements } = await look(session, [play(tasks)], never);
    expect(judgements[0]?.map(({ status, knownAfter }) => `${status} ${knownAfter ?? '-'}`)).toEqual([
      'change -',
      'change first',
      'change second',
      'unknown third',
      'change -',
      'ok -',
    ]);
  });

  it('gives secrets to checks in files that are gone afterwards, and reads outputs', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const secret = `p'w "$x"\nsecond line`;
    const tasks = [
      task('reads', {
        check: rawScript('[ -s "$SECRETS/pw" ]'),
        output: { name: 'pw', read: rawScript('cat "$SECRETS/pw"'), secret: true },
      }),
    ];
    const { judgements } = await look(session, [play(tasks, { pw: secret })], never);
    expect(judgements[0]?.[0]).toMatchObject({ status: 'ok', output: secret });
    expect(readdirSync(`${host.base}/run`)).toEqual([]);
  });

  it('reports a check that hangs and does not judge what is behind it', { timeout: 20_000 }, async () => {
    const { session } = await openSession(await localHost(shell));
    const tasks = [
      task('hangs', { check: sh`sleep 60`, timeout: { check: 0, apply: 1 } }),
      task('behind', { check: sh`exit 0` }),
    ];
    const { judgements } = await look(session, [play(tasks)], never);
    expect(judgements[0]?.map(({ status }) => status)).toEqual(['failed', 'unknown']);
    expect(judgements[0]?.[0]?.text).toContain('did not end within 0 s');
  });
});

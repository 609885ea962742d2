import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runFolderPath } from '../../../src/engine/compile.js';
import { runPlay } from '../../../src/engine/run-play.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { SHELLS } from '../run-task.js';
import {
  fileTask,
  localHost,
  openSession,
  play,
  runFolder,
  signals,
  task,
  tellingListener,
} from './fixtures.js';

describe.each(SHELLS)('a play run detached in $name', (shell) => {
  it('changes what differs, proves it, and finds it as desired the second time', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const tasks = play([
      fileTask('one', `${host.base}/one`, 'ü $x "1"'),
      fileTask('two', `${host.base}/two`, "it's"),
    ]);
    const first = tellingListener();
    expect(await runPlay(session, tasks, runFolder(), first.listener, signals())).toMatchObject({ ok: true });
    expect(first.ends).toEqual(['one changed', 'two changed']);
    expect(first.details.get('one')).toBe(`${host.base}/one differs`);
    expect(readFileSync(`${host.base}/one`, 'utf8')).toBe('ü $x "1"\n');
    const second = tellingListener();
    await runPlay(session, tasks, runFolder(), second.listener, signals());
    expect(second.ends).toEqual(['one ok', 'two ok']);
  });

  it('stops at a task that failed and shows the end of its output', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const told = tellingListener();
    const tasks = [
      task('lies', { check: sh`exit 1`, apply: sh`echo 'all done'; exit 0` }),
      fileTask('never', `${host.base}/never`, 'x'),
    ];
    expect(await runPlay(session, play(tasks), runFolder(), told.listener, signals())).toMatchObject({
      ok: false,
    });
    expect(told.ends).toEqual(['lies failed']);
    expect(told.details.get('lies')).toContain('all done');
    expect(existsSync(`${host.base}/never`)).toBe(false);
  });

  it('fails a proof that does not hold, and a check that cannot tell', async () => {
    const { session } = await openSession(await localHost(shell));
    const proof = tellingListener();
    await runPlay(
      session,
      play([task('proof', { check: sh`echo no; exit 1` })]),
      runFolder(),
      proof.listener,
      signals(),
    );
    expect([...proof.ends, proof.details.get('proof')]).toEqual(['proof failed', 'no']);
    const broken = tellingListener();
    const unsure = task('unsure', { check: sh`exit 9`, apply: sh`true` });
    await runPlay(session, play([unsure]), runFolder(), broken.listener, signals());
    expect(broken.ends).toEqual(['unsure failed']);
  });

  it('ends a task that takes too long and says so', async () => {
    const { session } = await openSession(await localHost(shell));
    const told = tellingListener();
    const slow = task('slow', { check: sh`exit 1`, apply: sh`sleep 30`, timeout: { check: 5, apply: 1 } });
    await runPlay(session, play([slow]), runFolder(), told.listener, signals());
    expect(told.ends).toEqual(['slow failed']);
    expect(told.details.get('slow')).toContain('did not end within 1 s');
  });

  it('loses no event and no output when the connection breaks, and runs once', async () => {
    const host = await localHost(shell);
    const { session, told: connection } = await openSession(host);
    const told = tellingListener();
    const count = task('counts', {
      check: sh`[ -e ${`${host.base}/done`} ]`,
      apply: sh`i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo "line $i"; sleep 0.05; done; echo x >>${`${host.base}/done`}`,
    });
    host.cutAfter = 700;
    const end = await runPlay(session, play([count]), runFolder(), told.listener, signals());
    expect(end).toMatchObject({ kind: 'ended', ok: true });
    expect(connection).toEqual(['lost', 'back']);
    expect(told.ends).toEqual(['counts changed']);
    expect(told.lines).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index + 1}`));
    expect(readFileSync(`${host.base}/done`, 'utf8')).toBe('x\n');
  });

  it('lets one run at a time onto a host and says who holds it', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const slow = task('slow', {
      check: sh`[ -e ${`${host.base}/x`} ]`,
      apply: sh`echo at work; sleep 4; touch ${`${host.base}/x`}`,
    });
    const told = tellingListener();
    const first = runPlay(session, play([slow]), runFolder('R-first'), told.listener, signals());
    while (!told.lines.includes('at work')) await sleep(20);
    const second = await runPlay(
      session,
      play([slow]),
      runFolder('R-second'),
      tellingListener().listener,
      signals(),
    );
    expect(second).toMatchObject({ kind: 'busy', owner: { run: 'R-first', user: 'me', controller: 'here' } });
    expect(await first).toMatchObject({ kind: 'ended', ok: true });
  });

  it('does not leave the lock to a daemon that a task starts', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const daemon = task('daemon', {
      check: sh`[ -e ${`${host.base}/up`} ]`,
      apply: sh`sleep 8 >/dev/null 2>&1 & touch ${`${host.base}/up`}`,
    });
    await runPlay(session, play([daemon]), runFolder(), tellingListener().listener, signals());
    const next = await runPlay(session, play([daemon]), runFolder(), tellingListener().listener, signals());
    expect(next).toMatchObject({ kind: 'ended', ok: true });
  });

  it('keeps secrets out of every file but their own, which is gone at the end, and hands outputs on', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const secret = `hunter2 'quoted' $x`;
    const folder = runFolder();
    const tasks = play(
      [
        task('uses', {
          check: sh`cmp -s "$SECRETS/pw" ${`${host.base}/pw`} || { echo differs; exit 1; }`,
          apply: sh`cp "$SECRETS/pw" ${`${host.base}/pw`}`,
          output: { name: 'handed', read: sh`cat ${`${host.base}/pw`}`, secret: true },
        }),
      ],
      { pw: secret },
    );
    const end = await runPlay(session, tasks, folder, tellingListener().listener, signals());
    expect(end).toMatchObject({ ok: true });
    if (end.kind === 'ended') expect(end.outputs.get('handed')).toBe(secret);
    const path = `${host.base}/run/${runFolderPath(tasks, folder)}`;
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(readFileSync(`${file.parentPath}/${file.name}`, 'utf8')).not.toContain('hunter2');
    }
  });

  it('says that a run was killed, rather than waiting for it', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const folder = runFolder();
    const killer = task('killer', {
      check: sh`exit 1`,
      apply: rawScript('kill -9 "$(cat "$RUN/pid")"; sleep 1'),
    });
    const run = runPlay(session, play([killer]), folder, tellingListener().listener, signals());
    await expect(run).rejects.toMatchObject({ code: 'RUN_LOST' });
  });

  it('stops following after the running task on the first wish, and the host goes on', async () => {
    const host = await localHost(shell);
    const { session } = await openSession(host);
    const told = tellingListener();
    const soft = new AbortController();
    const slow = (name: string) =>
      task(name, {
        check: sh`[ -e ${`${host.base}/${name}`} ]`,
        apply: sh`echo working on ${name}
until [ -e ${`${host.base}/${name}-may-end`} ]; do sleep 0.1; done
touch ${`${host.base}/${name}`}`,
      });
    const run = runPlay(session, play([slow('a'), slow('b')]), runFolder(), told.listener, {
      softStop: soft.signal,
      hardStop: new AbortController().signal,
    });
    while (!told.lines.includes('working on a')) await sleep(20);
    soft.abort();
    writeFileSync(`${host.base}/a-may-end`, '');
    expect(await run).toEqual({ kind: 'detached' });
    expect(told.ends).toEqual(['a changed']);
    writeFileSync(`${host.base}/b-may-end`, '');
    for (let tries = 0; tries < 200 && !existsSync(`${host.base}/b`); tries += 1) await sleep(100);
    expect(existsSync(`${host.base}/b`)).toBe(true);
  });
});

import { spawn } from 'node:child_process';
import { readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { absentFile } from '../../../playbooks/absent-file.js';
import { dueAfter } from '../../../playbooks/due-after.js';
import { keyOf } from '../../../playbooks/key-of.js';
import { onlyWhere } from '../../../playbooks/only-where.js';
import { provenOnce } from '../../../playbooks/proven-once.js';
import { verdict } from '../../../playbooks/verdict.js';
import { sh } from '../../../src/shell/script.js';
import { file } from '../../../src/tasks/file.js';
import { runApply, runCheck, SHELLS, testHost } from '../run-task.js';
import { callFunctions } from './source.js';

describe.each(SHELLS)('$name: the parts of playbooks', (shell) => {
  it('verdict: says what is wrong', async () => {
    const host = await testHost();
    const good = verdict({ id: 'v', title: 'v', problem: undefined });
    expect(await runCheck(shell, host, good)).toMatchObject({ code: 0, stdout: '' });
    const bad = verdict({ id: 'v', title: 'v', problem: `it's $HOME and "that"` });
    expect(await runCheck(shell, host, bad)).toMatchObject({ code: 2, stdout: `it's $HOME and "that"\n` });
  });

  it('onlyWhere: elsewhere all is well', async () => {
    const host = await testHost();
    const task = file({ id: 'f', path: join(host.root, 'f'), content: 'x' });
    expect((await runCheck(shell, host, onlyWhere(sh`false`, task))).code).toBe(0);
    expect((await runCheck(shell, host, onlyWhere(sh`true`, task))).code).toBe(1);
  });

  it('dueAfter: is due while one of them is pending', async () => {
    const host = await testHost();
    const task = dueAfter(['a', 'b'], verdict({ id: 'v', title: 'v', problem: undefined }));
    expect(task.after).toEqual(['a', 'b']);
    expect(await runCheck(shell, host, task, { pending: ['c', 'b'] })).toMatchObject({
      code: 1,
      stdout: 'after b\n',
    });
    expect(await runCheck(shell, host, task, { pending: ['c', 'bb'] })).toMatchObject({ code: 0 });
  });

  it('provenOnce: proves once, again for another key, and records no failure', async () => {
    const host = await testHost();
    const proof = (what: string, prove = sh`echo proving; touch ${join(host.root, what)}`) =>
      provenOnce({ id: 'p', title: 'p', key: keyOf([what]), due: 'due', prove, timeout: 9 });
    expect(await runCheck(shell, host, proof('a'))).toMatchObject({ code: 1, stdout: 'due\n' });
    expect(await runApply(shell, host, proof('a', sh`exit 1`))).toMatchObject({ code: 1, stderr: '' });
    expect((await runCheck(shell, host, proof('a'))).code).toBe(1);
    expect(await runApply(shell, host, proof('a'))).toMatchObject({ code: 0, stderr: '' });
    expect(await runCheck(shell, host, proof('a'))).toMatchObject({ code: 0, stdout: '' });
    expect((await runCheck(shell, host, proof('b'))).code).toBe(1);
    expect(await readFile(join(host.state, 'proofs/p'), 'utf8')).toMatch(/^[0-9a-f]{16}\n$/);
  });

  it('absentFile: removes what we wrote, never what somebody else did', async () => {
    const host = await testHost();
    const path = join(host.root, "a 'file'");
    const task = absentFile({ id: 'x', path });
    expect((await runCheck(shell, host, task)).code).toBe(0);
    await writeFile(path, 'mine');
    expect((await runCheck(shell, host, task)).code).toBe(0);
    await runApply(shell, host, file({ id: 'f', path, content: 'ours' }));
    expect((await runCheck(shell, host, task)).code).toBe(1);
    expect(await runApply(shell, host, task)).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(path)).toBe(false);
    expect((await runCheck(shell, host, task)).code).toBe(0);
  });

  it('knows by its pid file that a daemon runs, and since when', async () => {
    const host = await testHost();
    const daemon = spawn('/usr/bin/sleep', ['60']);
    onTestFinished(() => void daemon.kill());
    const pidFile = join(host.root, 'pid');
    const settings = join(host.root, 'settings');
    const call = (script: ReturnType<typeof sh>, pending: string[] = []) =>
      callFunctions('daemon.sh', shell, host, script, { pending });
    expect((await call(sh`is_up ${pidFile} sleep`)).code).toBe(1);
    await writeFile(pidFile, String(daemon.pid));
    expect(await call(sh`is_up ${pidFile} sleep`)).toMatchObject({ code: 0, stderr: '' });
    expect((await call(sh`is_up ${pidFile} dockerd`)).code).toBe(1);
    await writeFile(settings, '');
    await utimes(settings, 1, 1);
    const current = sh`is_current ${[pidFile, 'write-a write-b', settings, join(host.root, 'missing')]}`;
    expect(await call(current)).toMatchObject({ code: 0, stdout: '' });
    expect(await call(current, ['write-b'])).toMatchObject({ code: 1, stdout: 'after write-b\n' });
    const later = Date.now() / 1000 + 60;
    await utimes(settings, later, later);
    expect((await call(current)).stdout).toContain('was written after the service had started');
    expect((await call(sh`is_up ${pidFile} sleep; runs_old_program`)).code).toBe(1);
    await writeFile(pidFile, '999999999\n');
    expect((await call(sh`is_up ${pidFile} sleep`)).code).toBe(1);
  });

  it('copies a program with its libraries', async () => {
    const host = await testHost();
    const to = join(host.root, 'image');
    await symlink('/usr/bin/echo', join(host.root, 'echo'));
    const { code } = await callFunctions(
      'docker/container.sh',
      shell,
      host,
      sh`copy_program /bin/echo ${to}`,
    );
    expect(code).toBe(0);
    expect(existsSync(join(to, 'bin/echo'))).toBe(true);
    const { stdout } = await callFunctions(
      'docker/container.sh',
      shell,
      host,
      sh`chroot ${to} /bin/echo works 2>&1 || true`,
    );
    if (process.getuid?.() === 0) expect(stdout).toBe('works\n');
  });
});

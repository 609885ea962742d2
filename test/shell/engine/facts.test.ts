import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { factsScript, parseFacts } from '../../../src/engine/gather-facts.js';
import { HAS_SHELLCHECK } from '../../support/programs.js';
import { type Shell, SHELLS } from '../run-task.js';

function gather(shell: Shell, script: string) {
  const [command = '', ...args] = shell.command;
  const sentAt = Date.now() / 1000;
  const result = spawnSync(command, args, { input: script, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
  return parseFacts(result.stdout, { sentAt, receivedAt: Date.now() / 1000 });
}

describe.each(SHELLS)('facts.sh in $name', (shell) => {
  it('tells what this machine is like', () => {
    const facts = gather(shell, factsScript(['dpkg', 'no-such-package', "odd 'name' $(id)"]));
    expect(facts.hostname).toBe(hostname());
    expect(facts.os.id).toMatch(/^[a-z]+$/);
    expect(facts.memory).toBeGreaterThan(2 ** 27);
    expect(facts.processors).toBeGreaterThan(0);
    expect(facts.interfaces.find(({ name }) => name === 'lo')).toMatchObject({ mtu: 65536 });
    expect(facts.fileSystems.map(({ mountPoint }) => mountPoint)).toContain('/');
    // busybox's date has whole seconds.
    expect(Math.abs(facts.clockSkew ?? Number.NaN)).toBeLessThan(0.8);
    expect(facts.user).not.toBe('');
    if (existsSync('/usr/bin/dpkg')) expect(Object.keys(facts.packages)).toContain('dpkg');
  });

  it('needs nothing but grep', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'provision-facts-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await symlink('/usr/bin/grep', join(folder, 'grep'));
    const facts = gather(shell, factsScript(['dpkg']).replace(/^PATH=.*$/m, `PATH=${folder}`));
    expect(facts.hostname).toBe(hostname());
    expect(facts.interfaces.find(({ name }) => name === 'lo')?.addresses).toContain('127.0.0.1/8');
    expect(facts.packages).toEqual({});
    expect(facts.packageManager).toBe('other');
  });
});

it.skipIf(!HAS_SHELLCHECK)('facts.sh passes shellcheck', () => {
  const result = spawnSync('shellcheck', ['--shell=sh', '-'], {
    input: factsScript(["it's"]),
    encoding: 'utf8',
  });
  expect(result.stdout).toBe('');
});

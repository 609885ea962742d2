import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../../../src/cli/commands.js';
import { completionScript } from '../../../src/cli/completion-script.js';

/** What bash offers when Tab is pressed after these words. */
function complete(words: readonly string[], cwd = '/'): string[] {
  const script = `${completionScript('bash', commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_provision
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd });
  expect(result.stderr).toBe('');
  return result.stdout.split('\n').filter(Boolean);
}

describe.runIf(existsSync('/bin/bash'))('completion in bash', () => {
  it('offers the commands', () => {
    expect(complete(['provision', ''])).toEqual(
      expect.arrayContaining(['init', 'plan', 'up', 'lab', 'help']),
    );
    expect(complete(['provision', 'pl'])).toEqual(['plan']);
  });

  it('offers the options of a command', () => {
    expect(complete(['provision', 'plan', '--ex'])).toEqual(['--exit-code']);
  });

  it('offers the values of an option', () => {
    expect(complete(['provision', 'up', '--stage', 'd'])).toEqual(['docker']);
    expect(complete(['provision', 'up', '--output', ''])).toEqual(['tty', 'plain', 'json']);
  });

  it('offers fixed words and commands below', () => {
    expect(complete(['provision', 'stage', ''])).toEqual(expect.arrayContaining(['hosts', 'docker']));
    expect(complete(['provision', 'lab', 'cr'])).toEqual(['create']);
  });

  it('offers files for an inventory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-completion-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'cluster.yaml'), '');
    expect(complete(['provision', 'plan', 'clu'], folder)).toEqual(['cluster.yaml']);
  });
});

describe.each([
  ['zsh', '-n'],
  ['fish', '--no-execute'],
])('completion for %s', (shell, flag) => {
  const script = completionScript(shell as 'zsh' | 'fish', commands);

  it('names every command', () => {
    for (const { name } of commands) expect(script).toContain(name);
  });

  it.runIf(existsSync(`/usr/bin/${shell}`))('is read without complaint', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'provision-completion-')), 'script');
    writeFileSync(file, script);
    expect(spawnSync(shell, [flag, file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

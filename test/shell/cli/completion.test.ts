import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { commands } from '../../../src/cli/commands.js';
import { completionScript } from '../../../src/cli/completion-script.js';
import { hasProgram } from '../../support/programs.js';

/** A folder with empty files of these names, for the length of a test. */
function folderWith(...names: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'provision-completion-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of names) writeFileSync(join(folder, name), '');
  return folder;
}

/** What bash offers when Tab is pressed after these words. */
function complete(words: readonly string[], cwd = '/'): string[] {
  const script = `${completionScript('bash', commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_provision_bash
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const result = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd });
  expect(result.stderr).toBe('');
  return result.stdout.split('\n').filter(Boolean);
}

describe.runIf(hasProgram('bash', '--version'))('completion in bash', () => {
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

  it('offers the values of a list after each comma, and after an equals sign', () => {
    expect(complete(['provision', 'up', '--stage', 'hosts,d'])).toEqual(['hosts,docker']);
    expect(complete(['provision', 'up', '--output', '=', 'j'])).toEqual(['json']);
  });

  it('offers what follows a short option, and the commands for help', () => {
    const folder = folderWith('lab.yaml');
    expect(complete(['provision', 'lab', 'create', '-o', 'la'], folder)).toEqual(['lab.yaml']);
    expect(complete(['provision', 'help', 'va'])).toEqual(['validate']);
  });

  it('offers fixed words and commands below', () => {
    expect(complete(['provision', 'stage', ''])).toEqual(expect.arrayContaining(['hosts', 'docker']));
    expect(complete(['provision', 'lab', 'cr'])).toEqual(['create']);
  });

  it('offers files for an inventory, also with spaces in their names', () => {
    const folder = folderWith('cluster.yaml', 'my cluster.yaml');
    expect(complete(['provision', 'plan', 'clu'], folder)).toEqual(['cluster.yaml']);
    expect(complete(['provision', 'plan', 'my'], folder)).toEqual(['my cluster.yaml']);
  });
});

/** Types a line and Tab into a zsh in a terminal of its own; prints what the command was then given. */
const ZSH_SESSION = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PROMPT=; fpath=($2 \\$fpath); autoload -Uz compinit; compinit -D -u; provision() { print -r -- \\"<\\$*>\\" }; print re''ady"
zpty -r -m z out '*ready*'
zpty -w -n z "$1"$'\\t\\n'
zpty -r -m z out '*<*>*'
print -r -- "$out"
zpty -d z
`;

function completeInZsh(line: string): string {
  const folder = folderWith();
  writeFileSync(join(folder, '_provision'), completionScript('zsh', commands));
  writeFileSync(join(folder, 'session'), ZSH_SESSION);
  const words = ['-f', join(folder, 'session'), line, folder];
  const { stdout } = spawnSync('zsh', words, { encoding: 'utf8', timeout: 15_000 });
  return /<(.*)>/.exec(stdout)?.[1] ?? stdout;
}

describe.runIf(hasProgram('zsh', '--version'))('completion in zsh', () => {
  it.each([
    ['provision val', 'validate'],
    ['provision up --stage hosts,d', 'up --stage hosts,docker'],
    ['provision lab cr', 'lab create'],
  ])('%s becomes provision %s', (line, completed) => {
    expect(completeInZsh(line)).toBe(completed);
  });
});

describe.runIf(hasProgram('fish', '--version'))('completion in fish', () => {
  it.each([
    ['provision val', 'validate'],
    ['provision up --stage do', 'docker'],
    ['provision lab cr', 'create'],
  ])('%s offers %s', (line, word) => {
    const script = join(folderWith(), 'provision.fish');
    writeFileSync(script, completionScript('fish', commands));
    const asked = `source ${script}; complete -C '${line}'`;
    const { stdout } = spawnSync('fish', ['--no-config', '-c', asked], { encoding: 'utf8' });
    expect(stdout.split('\n').map((each) => each.split('\t')[0])).toContain(word);
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

  it.runIf(hasProgram(shell, '--version'))('is read without complaint', () => {
    const file = join(folderWith(), 'script');
    writeFileSync(file, script);
    expect(spawnSync(shell, [flag, file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });
});

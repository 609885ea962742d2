import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/shell/quote.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { SHELLS, type Shell } from '../run-task.js';

function run(shell: Shell, script: string): string {
  const [command = 'sh', ...args] = shell.command;
  return spawnSync(command, [...args, '-c', script], { encoding: 'utf8', env: { LC_ALL: 'C' } }).stdout;
}

/** Any text that a shell word can hold. */
const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed());

describe.each(SHELLS)('quoting for $name', (shell) => {
  it('gives back every word as it was', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 40 }), (words) => {
        const printed = run(shell, `printf '%s\\001' ${words.map(quote).join(' ')}`);
        expect(printed).toBe(words.map((each) => `${each}\u0001`).join(''));
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    '',
    "it's",
    '$(reboot)',
    '`reboot`',
    '-n',
    '\\',
    "\\'; echo INJECTED #",
    'a\nb',
    '*',
    '~',
    'ü ☃',
    '!!',
  ])('keeps %j', (text) => {
    expect(run(shell, `printf %s ${quote(text)}`)).toBe(text);
  });

  it('puts lists and scripts into a template', () => {
    const script = sh`printf '<%s>' ${['a b', 3]} ${"c'd"} && ${rawScript('printf end')}`;
    expect(run(shell, script.source)).toBe("<a b><3><c'd>end");
  });
});

describe('a shell word', () => {
  it('cannot hold a NUL', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });
});

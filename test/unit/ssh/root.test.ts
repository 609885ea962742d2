import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from '../../../src/ssh/gate.js';
import { rootCommand, wrapScript } from '../../../src/ssh/root.js';
import { rootFailure } from '../../../src/ssh/root-failures.js';

const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(
  ([file = '']) => spawnSync(file, ['-c', ':']).error === undefined,
);
const MARK = '@@provision-0123456789abcdef01@@';

function run(
  shell: readonly string[],
  input: string | Buffer,
): { code: number | null; stdout: string; stderr: string } {
  const [file = '', ...args] = shell;
  const { status, stdout, stderr } = spawnSync(file, [...args, '-s'], { input, encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

describe.each(SHELLS)('a wrapped script in %s %s', (...shell) => {
  const words = shell.filter((word): word is string => typeof word === 'string');

  it('keeps its exit code', () => {
    expect(run(words, wrapScript('exit 7')).code).toBe(7);
    expect(run(words, wrapScript('false')).code).toBe(1);
    expect(run(words, wrapScript('')).code).toBe(0);
    expect(run(words, wrapScript('true # a comment')).code).toBe(0);
  });

  it('is not eaten by its children', () => {
    const script = `echo 1; cat; read -r line; echo 2\n${': filler filler filler\n'.repeat(2000)}echo 3`;
    expect(run(words, wrapScript(script)).stdout).toBe('1\n2\n3\n');
  });

  it('has no standard input', () => {
    expect(run(words, wrapScript('readlink /proc/self/fd/0')).stdout).toBe('/dev/null\n');
  });

  it('may hold here-documents, functions and quotes', () => {
    const script = `main() {\ncat <<'END'\n$HOME "it's"\nEND\n}\nmain\ncat <<END2\n$((1 + 1))\nEND2`;
    expect(run(words, wrapScript(script)).stdout).toBe(`$HOME "it's"\n2\n`);
  });

  it('does nothing at all when it is cut short, wherever', () => {
    const whole = wrapScript('echo ran; echo more\nif true; then echo "x y"; fi\nrm -rf /nonexistent/tmp');
    for (let length = 0; length < whole.length - 'provision_script </dev/null\n'.length; length += 3) {
      expect(run(words, whole.slice(0, length)).stdout).toBe('');
    }
  });
});

describe('the command line for a root shell', () => {
  it('is one short line that any login shell reads, without `!`', () => {
    for (const user of ['root', 'op']) {
      for (const withPassword of [true, false]) {
        const command = rootCommand(MARK, user, withPassword);
        expect(command).not.toMatch(/[\n!`]/);
        expect(command.length).toBeLessThan(600);
      }
    }
  });

  it.each(SHELLS)('skips the password in %s %s when it was not asked for', (...shell) => {
    const [file = '', ...args] = shell.filter((word): word is string => typeof word === 'string');
    const input = `pa'ss "$(id)"\n${MARK}\n${wrapScript('echo ran')}`;
    const { stdout, stderr } = spawnSync(file, [...args, '-c', rootCommand(MARK, 'root', true)], {
      input,
      encoding: 'utf8',
    });
    expect(stdout).toBe(`${MARK}\nran\n`);
    expect(stderr).toBe(`${MARK}\n`);
  });
});

describe('the gate', () => {
  it('lets through what follows the mark, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.array(fc.integer({ min: 1, max: 20 })),
        (before, after, cuts) => {
          fc.pre(!before.includes(MARK));
          const through: Buffer[] = [];
          let opened = 0;
          const gate = createGate(
            MARK,
            (chunk) => through.push(chunk),
            () => opened++,
          );
          let rest = Buffer.from(`${before}${MARK}\n${after}`);
          for (const cut of cuts) {
            if (rest.length > 0) gate.push(rest.subarray(0, cut));
            rest = rest.subarray(cut);
          }
          if (rest.length > 0) gate.push(rest);
          expect(Buffer.concat(through).equals(Buffer.from(after))).toBe(true);
          expect(gate.before()).toBe(Buffer.from(before).toString());
          expect(opened).toBe(1);
        },
      ),
    );
  });

  it('stays shut without the mark, and keeps only the end of what came', () => {
    const gate = createGate(
      MARK,
      () => expect.unreachable(),
      () => expect.unreachable(),
    );
    for (let index = 0; index < 10; index++) gate.push(Buffer.alloc(20_000, 'x'));
    gate.push(Buffer.from('last words'));
    expect(gate.isOpen()).toBe(false);
    expect(gate.before().length).toBeLessThanOrEqual(64 * 1024);
    expect(gate.before().endsWith('last words')).toBe(true);
  });
});

describe('what sudo says', () => {
  const settings = { host: 'node1', user: 'op', sudoPassword: undefined };
  it.each([
    ['sudo: a password is required', 1, 'SUDO_PASSWORD'],
    ['sudo: sorry, you must have a tty to run sudo', 1, 'SUDO_DENIED'],
    ['op is not in the sudoers file.  This incident will be reported.', 1, 'SUDO_DENIED'],
    ['Sorry, user op may not run sudo on node1.', 1, 'SUDO_DENIED'],
    ["Sorry, user op is not allowed to execute '/bin/sh -s' as root on node1.", 1, 'SUDO_DENIED'],
    ["sudo: I'm sorry op. I'm afraid I can't do that", 1, 'SUDO_DENIED'],
    ['sudo: Authentication failed, maximum authentication attempts reached', 1, 'SUDO_PASSWORD'],
    ['/bin/sh: 1: exec: sudo: not found', 127, 'SUDO_DENIED'],
    [
      'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
      1,
      'SUDO_DENIED',
    ],
    ['sudo: account validation failure, is your account locked?', 1, 'SUDO_DENIED'],
    ['sudo: something new', 1, 'SUDO_DENIED'],
    ['This account is currently not available.', 1, 'SSH_SHELL'],
  ])('%s', (said, code, expected) => {
    const error = rootFailure(settings, `Lecture.\n${said}\n`, code);
    expect(error.code).toBe(expected);
    expect(error.message).toContain('node1');
    expect(error.hint).toBeTruthy();
    expect(error.exitCode).toBe(1);
  });

  it('does not show our own mark', () => {
    expect(rootFailure(settings, `${MARK}?sudo: a password is required`, 1).message).not.toContain('@@');
  });
});

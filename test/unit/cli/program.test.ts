import { describe, expect, it } from 'vitest';
import type { Arguments, Command } from '../../../src/cli/command.js';
import { commands } from '../../../src/cli/commands.js';
import type { Context } from '../../../src/cli/context.js';
import { handleError } from '../../../src/cli/handle-error.js';
import { runProgram } from '../../../src/cli/program.js';
import { ProvisionError } from '../../../src/errors.js';

function testContext(): Context & { readonly out: () => string; readonly err: () => string } {
  let out = '';
  let err = '';
  const stream = { isTerminal: false, columns: 100, rows: 24, colour: false };
  const never = new AbortController().signal;
  return {
    cwd: '/',
    env: {},
    stdout: { ...stream, write: (text) => (out += text) },
    stderr: { ...stream, write: (text) => (err += text) },
    stdinIsTerminal: false,
    prompts: {} as Context['prompts'],
    softStop: never,
    hardStop: never,
    debug: false,
    out: () => out,
    err: () => err,
  };
}

/** A command that records what it was given. */
function recording(): { command: Command; given: () => Arguments | undefined } {
  let given: Arguments | undefined;
  const command: Command = {
    name: 'try',
    summary: 'Try.',
    arguments: [{ name: 'file', description: 'a file', required: false, default: 'x.yaml' }],
    options: [
      { name: 'host', value: 'NAME', description: 'hosts', repeat: true },
      { name: 'exit-code', description: 'a flag' },
    ],
    examples: [],
    handler: async (args) => {
      given = args;
      return 3;
    },
  };
  return { command, given: () => given };
}

describe('the program', () => {
  it('gives a command its arguments, options and flags, and passes its exit code on', async () => {
    const { command, given } = recording();
    const code = await runProgram(
      [command],
      ['try', 'y.yaml', '--host', 'a,b', '--host', 'c', '--exit-code'],
      testContext(),
    );
    expect(code).toBe(3);
    expect(given()?.text('file')).toBe('y.yaml');
    expect(given()?.list('host')).toEqual(['a', 'b', 'c']);
    expect(given()?.flag('exit-code')).toBe(true);
  });

  it('uses defaults', async () => {
    const { command, given } = recording();
    await runProgram([command], ['try'], testContext());
    expect([given()?.text('file'), given()?.list('host'), given()?.flag('exit-code')]).toEqual([
      'x.yaml',
      [],
      false,
    ]);
  });

  it.each([
    [['plna'], 'Did you mean plan?'],
    [['up', '--stgae', 'x'], 'Did you mean --stage?'],
    [['plan', '--output', 'xml'], 'Allowed choices are tty, plain, json'],
    [['stage'], "missing required argument 'stage'"],
  ])('%j is a usage error that says what was meant', async (words, message) => {
    const context = testContext();
    expect(await runProgram(commands, words, context)).toBe(2);
    expect(context.err()).toContain(message);
  });

  it('prints its version and help on standard output', async () => {
    const context = testContext();
    expect(await runProgram(commands, ['--version'], context)).toBe(0);
    expect(context.out()).toMatch(/^\d+\.\d+\.\d+/);
    expect(await runProgram(commands, ['--help'], context)).toBe(0);
    for (const { name } of commands) expect(context.out()).toContain(`  ${name} `);
  });

  it.each(commands.map((command) => [command.name, command] as const))(
    'help of %s has an example',
    async (name, command) => {
      const context = testContext();
      expect(await runProgram(commands, ['help', name], context)).toBe(0);
      const examples = [command, ...(command.commands ?? [])].flatMap((each) => each.examples);
      expect(examples.length).toBeGreaterThan(0);
      for (const { name: option } of command.options) expect(context.out()).toContain(`--${option}`);
    },
  );
});

describe('errors', () => {
  it('are a sentence, what to do, and a code; a stack only with --debug', () => {
    const error = new ProvisionError('SSH_REFUSED', 'node1 refused the connection.', {
      hint: 'Start sshd.',
      exitCode: 4,
    });
    const context = testContext();
    expect(handleError(error, context)).toBe(4);
    expect(context.err()).toBe('node1 refused the connection.\n  Start sshd.\n  (SSH_REFUSED)\n');
    const debugging = { ...testContext(), debug: true };
    handleError(error, debugging);
    expect(debugging.err()).toContain('program.test.ts');
  });

  it('that are bugs say so and show where', () => {
    const context = testContext();
    expect(handleError(new TypeError('x is undefined'), context)).toBe(1);
    expect(context.err()).toContain('a mistake in provision itself');
    expect(context.err()).toContain('program.test.ts');
  });

  it('of a question that was left end as an interruption', () => {
    const left = Object.assign(new Error('closed'), { name: 'ExitPromptError' });
    expect(handleError(left, testContext())).toBe(130);
  });
});

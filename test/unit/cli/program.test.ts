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

interface NamedCommand {
  readonly words: readonly string[];
  readonly command: Command;
}

/** All commands, also those below others, with the words that lead to them. */
function everyCommand(list = commands, above: readonly string[] = []): NamedCommand[] {
  return list.flatMap((command) => {
    const words = [...above, command.name];
    return [{ words, command }, ...everyCommand(command.commands ?? [], words)];
  });
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
    [['plan', 'a.yaml', 'b.yaml'], 'too many arguments'],
    [['lab', 'crate'], 'Did you mean create?'],
    [['lab', 'create', '--hsts', '3'], '(see "provision help lab create")'],
    [['help', 'pln'], 'Did you mean plan?'],
    [['help', 'lab', 'crate'], 'Did you mean create?'],
    [['--verbos'], "unknown option '--verbos'"],
    [[], 'Usage: provision'],
    [['lab'], 'Usage: provision lab'],
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

  it.each(everyCommand().map(({ words, command }) => [words.join(' '), words, command] as const))(
    'help of %s has its options and an example',
    async (_name, words, command) => {
      const context = testContext();
      expect(await runProgram(commands, ['help', ...words], context)).toBe(0);
      expect(context.err()).toBe('');
      expect(context.out()).toContain(`Usage: provision ${words.join(' ')} `);
      expect(command.examples.length).toBeGreaterThan(0);
      const examples = command.examples.map((example) => example.command);
      for (const example of examples) expect(context.out()).toContain(`  $ ${example}\n`);
      expect(examples.join('\n')).toContain(`provision ${words.join(' ')}`);
      for (const { name } of command.options) expect(context.out()).toContain(`--${name}`);
    },
  );

  it('has a handler for every command that has none below', () => {
    for (const { command } of everyCommand()) {
      expect(command.handler === undefined).toBe(command.commands !== undefined);
    }
  });
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

  it('of what Ctrl-C cut short end as an interruption, others do not', () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    stop.abort(reason);
    const context = { ...testContext(), softStop: stop.signal };
    expect(handleError(reason, context)).toBe(130);
    expect(handleError(Object.assign(new Error('x'), { name: 'AbortError' }), context)).toBe(130);
    expect(handleError(new TypeError('x is undefined'), context)).toBe(1);
  });
});

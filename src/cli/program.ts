import { Command as Commander, CommanderError, Option as CommanderOption } from 'commander';
import { ExitCode } from '../errors.js';
import type { Argument, Arguments, Command, Option } from './command.js';
import type { Context } from './context.js';
import { version } from './version.js';

/** Parses the words by the commands' data and runs the one that they name. Gives the exit code. */
export async function runProgram(
  commands: readonly Command[],
  words: readonly string[],
  context: Context,
): Promise<number> {
  let exitCode: number = ExitCode.done;
  const run = async (command: Command, args: Arguments): Promise<void> => {
    exitCode = (await command.handler?.(args, context)) ?? ExitCode.done;
  };
  const program = buildProgram(commands, context, run);
  try {
    await program.parseAsync(helpWords(words, commands), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  }
}

/** `help lab create` as `lab create --help`, which Commander's own help does not know; a wrong word is left to be told. */
function helpWords(words: readonly string[], commands: readonly Command[]): string[] {
  const [first, ...path] = words;
  if (first !== 'help' || path.length === 0) return [...words];
  let below = commands;
  for (const word of path) {
    const found = below.find(({ name }) => name === word);
    if (found === undefined) return path;
    below = found.commands ?? [];
    if (below.length === 0) break;
  }
  return [...path, '--help'];
}

type Run = (command: Command, args: Arguments) => Promise<void>;

function buildProgram(commands: readonly Command[], context: Context, run: Run): Commander {
  const program = new Commander('provision')
    .description(
      'Turns plain Linux hosts into a working platform: Docker, Kubernetes, Ceph, Harbor, logging.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpCommand('help [command]', 'help for a command')
    .helpOption('-h, --help', 'help for a command')
    .option('--debug', 'show the stack of every error')
    .showHelpAfterError('(see "provision help")')
    .addHelpText('after', '\nStart with "provision init", or see "provision help up".');
  settle(program, context);
  for (const command of commands) addCommand(program, command, [], context, run);
  return program;
}

/** Commander throws rather than leaving the process, and writes where the context says. */
function settle(commander: Commander, context: Context): void {
  commander.exitOverride().configureOutput({
    writeOut: (text) => context.stdout.write(text),
    writeErr: (text) => context.stderr.write(text),
    getOutHelpWidth: () => Math.min(context.stdout.columns, 110),
    getErrHelpWidth: () => Math.min(context.stderr.columns, 110),
    outputError: (text, write) => write(text.replace(/^error: /, '')),
  });
}

function addCommand(
  parent: Commander,
  command: Command,
  above: readonly string[],
  context: Context,
  run: Run,
): void {
  const path = [...above, command.name];
  const commander = parent.command(command.name).summary(command.summary);
  settle(commander, context);
  commander
    .description([command.summary, command.description].filter(Boolean).join('\n\n'))
    .helpCommand(false)
    .helpOption('-h, --help', 'help for this command')
    .showHelpAfterError(`(see "provision help ${path.join(' ')}")`)
    .addHelpText('after', exampleText(command));
  for (const argument of command.arguments) {
    commander.argument(argumentSyntax(argument), argument.description, argument.default);
  }
  for (const option of command.options) commander.addOption(commanderOption(option));
  commander.option('--debug', 'show the stack of every error');
  for (const below of command.commands ?? []) addCommand(commander, below, path, context, run);
  if (command.handler !== undefined) {
    commander.action(async () => run(command, readArguments(command, commander)));
  }
}

export function argumentSyntax({ name, required, rest }: Argument): string {
  const word = rest === true ? `${name}...` : name;
  return required ? `<${word}>` : `[${word}]`;
}

export function optionSyntax({ name, short, value }: Option): string {
  const dashes = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? dashes : `${dashes} <${value}>`;
}

function commanderOption(option: Option): CommanderOption {
  const built = new CommanderOption(optionSyntax(option), option.description);
  if (option.choices !== undefined && option.repeat !== true) built.choices([...option.choices]);
  if (option.default !== undefined) built.default(option.default);
  if (option.repeat === true) {
    built.argParser((value: string, before: string[] | undefined) => [
      ...(before ?? []),
      ...value.split(',').filter(Boolean),
    ]);
  }
  return built;
}

function exampleText({ examples }: Command): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map(({ command, explanation }) => `  $ ${command}\n      ${explanation}`).join('\n')}`;
}

function readArguments(command: Command, commander: Commander): Arguments {
  const values = new Map<string, unknown>();
  command.arguments.forEach(({ name }, index) => values.set(name, commander.processedArgs[index]));
  for (const { name } of command.options) values.set(name, commander.opts()[camelCase(name)]);
  return {
    text: (name) => values.get(name) as string | undefined,
    list: (name) => (values.get(name) as string[] | undefined) ?? [],
    flag: (name) => values.get(name) === true,
  };
}

function camelCase(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

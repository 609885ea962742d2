import type { Command } from './command.js';
import { argumentSyntax, optionSyntax } from './program.js';

/** docs/commands.md, from the same data as help and completion. */
export function commandsPage(commands: readonly Command[]): string {
  return `# Commands

Made from the program by \`npm run docs\`. \`provision help COMMAND\` says the same. Every command takes \`--help\` and \`--debug\`.

${commands.flatMap((command) => section(command, [])).join('\n')}`;
}

function section(command: Command, above: readonly string[]): string[] {
  const words = [...above, command.name];
  const below = command.commands ?? [];
  const usage = ['provision', ...words, ...command.arguments.map(argumentSyntax)].join(' ');
  const own = [
    `## ${words.join(' ')}\n`,
    `${command.summary}\n`,
    ...(command.description === undefined ? [] : [`${command.description}\n`]),
    ...(below.length > 0 ? [] : [`    ${usage}\n`]),
    ...list(command.arguments.map((argument) => [argument.name, argument.description, argument.default])),
    ...list(command.options.map((option) => [optionSyntax(option), option.description, option.default])),
    ...command.examples.map(({ command: line, explanation }) => `- \`${line}\`: ${explanation}`),
    '',
  ];
  return [...own, ...below.flatMap((each) => section(each, words))];
}

function list(rows: readonly (readonly [string, string, string | undefined])[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map(([name, description, initial]) => {
    const text = initial === undefined ? description : `${description} (default: ${initial})`;
    return `| \`${name.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} |`;
  });
  return ['| | |', '|---|---|', ...lines, ''];
}

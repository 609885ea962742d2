import { quote } from '../shell/quote.js';
import type { Command, Completion, Option } from './command.js';

/** A command with the words that lead to it: `up`, `lab create`. */
interface Path {
  readonly words: readonly string[];
  readonly command: Command;
}

export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly Command[]): string {
  if (shell === 'fish') return fishScript(commands);
  const bash = bashScript(commands);
  return shell === 'bash' ? bash : `#compdef provision\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}

function paths(commands: readonly Command[], above: readonly string[] = []): Path[] {
  return commands.flatMap((command) => {
    const words = [...above, command.name];
    return [{ words, command }, ...paths(command.commands ?? [], words)];
  });
}

function bashScript(commands: readonly Command[]): string {
  const all = paths(commands);
  const top = commands.map(({ name }) => name).join(' ');
  return `_provision() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' each
  for each in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $each" in
${all.map(({ words }) => `      ${quote(` ${words.join(' ')}`)}) path=${quote(` ${words.join(' ')}`)} ;;`).join('\n')}
    esac
  done
  case "$path $before" in
${all.flatMap(bashValueCases).join('\n')}
  esac
  case "$path" in
    '') COMPREPLY=($(compgen -W ${quote(`${top} help --help --version`)} -- "$word")) ;;
${all.map(bashWordCase).join('\n')}
  esac
}
complete -F _provision provision
`;
}

/** What follows an option that takes a value. */
function bashValueCases({ words, command }: Path): string[] {
  return command.options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const pattern = quote(` ${words.join(' ')} --${option.name}`);
      return `    ${pattern}) ${bashReply(option.complete, option)}; return ;;`;
    });
}

/** Options after a dash; commands below, fixed words or files elsewhere. */
function bashWordCase({ words, command }: Path): string {
  const below = (command.commands ?? []).map(({ name }) => name);
  const fixed = command.arguments.flatMap(({ complete }) =>
    typeof complete === 'object' ? complete.words : [],
  );
  const files = command.arguments.some(({ complete }) => complete === 'inventory' || complete === 'file');
  const options = ['help', ...command.options.map(({ name }) => name)].map((name) => `--${name}`);
  const replies = [`COMPREPLY=($(compgen -W ${quote([...below, ...fixed].join(' '))} -- "$word"))`];
  if (files) replies.push('COMPREPLY+=($(compgen -f -- "$word"))');
  return `    ${quote(` ${words.join(' ')}`)})
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W ${quote(options.join(' '))} -- "$word"))
      else ${replies.join('; ')}
      fi ;;`;
}

function bashReply(complete: Completion | undefined, option: Option): string {
  if (complete === 'file' || complete === 'inventory') return 'COMPREPLY=($(compgen -f -- "$word"))';
  const words = complete?.words ?? option.choices ?? [];
  return `COMPREPLY=($(compgen -W ${quote(words.join(' '))} -- "$word"))`;
}

function fishScript(commands: readonly Command[]): string {
  const top = commands.map(
    ({ name, summary }) =>
      `complete -c provision -f -n __fish_use_subcommand -a ${name} -d ${fishQuote(summary)}`,
  );
  const rest = paths(commands).flatMap(({ words, command }) => {
    const seen = fishQuote(words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and '));
    return [
      ...(command.commands ?? []).map(
        ({ name, summary }) => `complete -c provision -f -n ${seen} -a ${name} -d ${fishQuote(summary)}`,
      ),
      ...command.options.map((option) => fishOption(seen, option)),
      ...command.arguments.flatMap(({ complete }) =>
        typeof complete === 'object'
          ? [`complete -c provision -f -n ${seen} -a ${fishQuote(complete.words.join(' '))}`]
          : [],
      ),
    ];
  });
  return `${[...top, ...rest].join('\n')}\n`;
}

function fishOption(seen: string, option: Option): string {
  const words = typeof option.complete === 'object' ? option.complete.words : (option.choices ?? []);
  const value =
    option.value === undefined ? '' : words.length > 0 ? ` -x -a ${fishQuote(words.join(' '))}` : ' -r';
  const short = option.short === undefined ? '' : ` -s ${option.short}`;
  return `complete -c provision -n ${seen} -l ${option.name}${short}${value} -d ${fishQuote(option.description)}`;
}

/** fish reads only \\\\ and \\' inside single quotes. */
function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

import { quote } from '../shell/quote.js';
import type { Command, Completion, Option } from './command.js';

/** A command with the words that lead to it: `up`, `lab create`. */
interface Path {
  readonly words: readonly string[];
  readonly command: Command;
}

/** The script that a shell reads to complete the words of `provision`. */
export function completionScript(shell: 'bash' | 'zsh' | 'fish', commands: readonly Command[]): string {
  if (shell === 'fish') return fishScript(commands);
  const bash = bashScript(commands);
  if (shell === 'bash') return bash;
  // The first call comes from zsh's own completion, which loads this file as a function.
  return `#compdef provision
autoload -Uz bashcompinit && bashcompinit
${bash}[[ $funcstack[1] == _provision ]] && _bash_complete -o nosort -F _provision_bash
`;
}

function paths(commands: readonly Command[], above: readonly string[] = []): Path[] {
  return commands.flatMap((command) => {
    const words = [...above, command.name];
    return [{ words, command }, ...paths(command.commands ?? [], words)];
  });
}

/** Also read by zsh, where `path` is the search path: hence the name of that variable. */
function bashScript(commands: readonly Command[]): string {
  const all = paths(commands);
  const top = commands.map(({ name }) => name).join(' ');
  return `_provision_bash() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' each list=''
  if [[ $word == '=' ]]; then word=''
  elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for each in "\${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    [[ $each == help && -z $command ]] && continue
    case "$command $each" in
${all.map(({ words }) => `      ${quote(` ${words.join(' ')}`)}) command=${quote(` ${words.join(' ')}`)} ;;`).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$command $before" in
${all.flatMap(bashValueCases).join('\n')}
  esac
  case "$command" in
    '') COMPREPLY=($(compgen -W ${quote(`${top} help --help --version`)} -- "$word")) ;;
${all.map(bashWordCase).join('\n')}
  esac
}
complete -F _provision_bash provision
`;
}

/** What follows an option that takes a value. */
function bashValueCases({ words, command }: Path): string[] {
  return command.options
    .filter(({ value }) => value !== undefined)
    .flatMap((option) => {
      const names =
        option.short === undefined ? [`--${option.name}`] : [`--${option.name}`, `-${option.short}`];
      const patterns = names.map((name) => quote(` ${words.join(' ')} ${name}`)).join('|');
      return `    ${patterns}) ${bashReply(option.complete, option)}; return ;;`;
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
  if (files) replies.push(BASH_FILES);
  return `    ${quote(` ${words.join(' ')}`)})
      if [[ $word == -* ]]; then COMPREPLY=($(compgen -W ${quote(options.join(' '))} -- "$word"))
      else ${replies.join('; ')}
      fi ;;`;
}

/** Names may hold spaces, hence line by line; `filenames` makes bash quote them and add a slash to folders. */
const BASH_FILES =
  'while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen -f -- "$word"); compopt -o filenames 2>/dev/null';

function bashReply(complete: Completion | undefined, option: Option): string {
  if (complete === 'file' || complete === 'inventory') return BASH_FILES;
  const words = quote((complete?.words ?? option.choices ?? []).join(' '));
  if (option.repeat !== true) return `COMPREPLY=($(compgen -W ${words} -- "$word"))`;
  // "hosts,do" completes its last part.
  return `[[ $word == *,* ]] && list=\${word%,*},; COMPREPLY=($(compgen -P "$list" -W ${words} -- "\${word##*,}"))`;
}

function fishScript(commands: readonly Command[]): string {
  const top = commands.map(
    ({ name, summary }) =>
      `complete -c provision -f -n __fish_use_subcommand -a ${name} -d ${fishQuote(summary)}`,
  );
  const names = commands.map(({ name }) => name).join(' ');
  const help = [
    `complete -c provision -f -n __fish_use_subcommand -a help -d 'help for a command'`,
    `complete -c provision -f -n '__fish_seen_subcommand_from help' -a ${fishQuote(names)}`,
    `complete -c provision -l help -s h -d 'help for a command'`,
  ];
  return `${[...top, ...help, ...paths(commands).flatMap(fishCommand)].join('\n')}\n`;
}

function fishCommand({ words, command }: Path): string[] {
  const seen = words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
  const below = command.commands ?? [];
  const names = below.map(({ name }) => name).join(' ');
  const open = fishQuote(`${seen}; and not __fish_seen_subcommand_from ${names}`);
  return [
    ...below.map(
      ({ name, summary }) => `complete -c provision -f -n ${open} -a ${name} -d ${fishQuote(summary)}`,
    ),
    ...command.options.map((option) => fishOption(fishQuote(seen), option)),
    ...command.arguments.flatMap(({ complete }) => fishArgument(fishQuote(seen), complete)),
  ];
}

function fishArgument(seen: string, complete: Completion | undefined): string[] {
  if (typeof complete === 'object') {
    return [`complete -c provision -f -n ${seen} -a ${fishQuote(complete.words.join(' '))}`];
  }
  return complete === undefined ? [] : [`complete -c provision -F -n ${seen}`];
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

import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, type ProvisionError } from '../../errors.js';
import type { Command } from '../command.js';
import type { Context } from '../context.js';

/** More pitfalls than this are no explanation. */
const MOST = 3;

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Say what a pitfall is, or which one a log shows.',
  description:
    'Connects to nothing. A word that is the id of a pitfall is looked up. A dash reads a log from standard input, a path reads it from a file, and other words are the log themselves. The exit code is 1 when no documented pitfall is in it.',
  arguments: [
    {
      name: 'what',
      description: 'an id, a line of a log, a file, or - for standard input',
      required: true,
      rest: true,
    },
  ],
  options: [],
  examples: [
    { command: 'provision explain flannel-subnet-env', explanation: 'what it is, and how it is cured' },
    {
      command: 'kubectl describe pod web-0 | provision explain -',
      explanation: 'which pitfall the events of a pod show',
    },
    {
      command: 'provision explain "open /run/flannel/subnet.env: no such file or directory"',
      explanation: 'the same, of one line',
    },
  ],
  handler: async (args, context) => {
    const [{ catalogue, findPitfall }, { pitfallText }, { recognise }] = await Promise.all([
      import('../../pitfalls/catalogue.js'),
      import('../../pitfalls/pitfall-text.js'),
      import('../../pitfalls/recognise.js'),
    ]);
    const words = args.list('what');
    const [word = ''] = words;
    const named = words.length === 1 ? findPitfall(word) : undefined;
    if (named !== undefined) {
      context.stdout.write(`${pitfallText(named).join('\n')}\n`);
      return ExitCode.done;
    }
    const text = await textOf(words, context);
    if (text === undefined) throw await unknownId(word);
    const found = recognise(text.split('\n'), catalogue).slice(0, MOST);
    if (found.length === 0) {
      context.stderr.write('None of the documented pitfalls is in this text.\n');
      return ExitCode.failed;
    }
    const parts = found.map(({ pitfall, lines }) => pitfallText(pitfall, lines).join('\n'));
    context.stdout.write(`${parts.join('\n\n')}\n`);
    return ExitCode.done;
  },
};

/** The log; undefined for a single word that can be none. */
async function textOf(words: readonly string[], context: Context): Promise<string | undefined> {
  const [word = ''] = words;
  if (words.length > 1) return words.join(' ');
  if (word === '-') {
    if (context.stdinIsTerminal)
      context.stderr.write('Paste the lines, then press Ctrl-D on a line of its own.\n');
    return readFile('/dev/stdin', 'utf8');
  }
  const path = resolve(context.cwd, word);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isFile) return readFile(path, 'utf8');
  return /[^\w-]/.test(word) ? word : undefined;
}

async function unknownId(word: string): Promise<ProvisionError> {
  const { unknownPitfall } = await import('../../pitfalls/unknown-pitfall.js');
  return unknownPitfall(word, `"${word}" is neither a documented pitfall nor a file.`);
}

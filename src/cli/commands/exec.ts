import type { Connection } from '../../ssh/connection.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import { quote } from '../../shell/quote.js';
import type { Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, FORKS_OPTION, HOST_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import type { Context } from '../context.js';

export const execCommand: Command = {
  name: 'exec',
  summary: 'Run a command on the hosts, all at once.',
  description: 'Runs as root, like the stages. Each line of output begins with its host.',
  arguments: [
    { ...INVENTORY_ARGUMENT, required: true, default: undefined },
    { name: 'command', description: 'the command and its words, after --', required: true, rest: true },
  ],
  options: [HOST_OPTION, FORKS_OPTION, ACCEPT_KEYS_OPTION],
  examples: [
    { command: 'provision exec inventory.yaml -- uptime', explanation: 'on every host' },
    {
      command: "provision exec inventory.yaml --host node1 -- sh -c 'df -h | tail -n +2'",
      explanation: 'on one host',
    },
  ],
  handler: async (args, context) => {
    const words = args.list('command');
    if (words.length === 0) {
      throw new ProvisionError('USAGE', 'Give the command after "--".', { exitCode: ExitCode.usage });
    }
    const [{ gatherAll }, { openRun }, { printHostErrors }] = await Promise.all([
      import('../../engine/gather-all.js'),
      import('../open-run.js'),
      import('../print-host-errors.js'),
    ]);
    const run = await openRun(args, context, { mode: 'look' });
    const mask = (text: string): string => run.masker.mask(text);
    const names =
      run.request.hosts.length > 0 ? run.request.hosts : run.inventory.hosts.map(({ name }) => name);
    const width = Math.max(...names.map((name) => name.length));
    const codes: number[] = [];
    const broken = new Map<string, ProvisionError>();
    const { errors } = await gatherAll(run.request, async (host, connection) => {
      const output = prefixed(`${host.padEnd(width)} | `, mask, context);
      try {
        codes.push(await execOn(connection, words, output));
      } catch (error) {
        // A command that was cut off is not safe to repeat, so the error ends here.
        if (!(error instanceof ProvisionError)) throw error;
        broken.set(host, error);
      }
    });
    printHostErrors(new Map([...errors, ...broken]), run.masker, context.stderr);
    if (broken.size > 0 || codes.some((code) => code !== 0)) return ExitCode.failed;
    return [...errors.values()][0]?.exitCode ?? ExitCode.done;
  },
};

/** Where the output of one host goes. */
interface HostOutput {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly signal: AbortSignal;
}

function prefixed(prefix: string, mask: (text: string) => string, context: Context): HostOutput {
  return {
    out: (line) => context.stdout.write(`${prefix}${mask(line)}\n`),
    err: (line) => context.stderr.write(`${prefix}${mask(line)}\n`),
    signal: context.softStop,
  };
}

async function execOn(connection: Connection, words: readonly string[], to: HostOutput): Promise<number> {
  const out = lineWriter(to.out);
  const err = lineWriter(to.err);
  const { code } = await connection.execRoot(words.map(quote).join(' '), {
    onStdout: out.push,
    onStderr: err.push,
    signal: to.signal,
  });
  out.end();
  err.end();
  if (code !== 0) to.err(`exit code ${code}`);
  return code;
}

/** Cuts chunks into lines; a character that is split between two chunks is put together again. */
function lineWriter(write: (line: string) => void): { push: (chunk: Buffer) => void; end: () => void } {
  const decoder = new TextDecoder();
  let rest = '';
  return {
    push: (chunk) => {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) write(line);
    },
    end: () => {
      if (rest !== '') write(rest);
    },
  };
}

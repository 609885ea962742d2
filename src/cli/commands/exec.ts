import type { Connection } from '../../ssh/connection.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import { quote } from '../../shell/quote.js';
import type { Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, FORKS_OPTION, HOST_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import type { Context } from '../context.js';
import { openRun } from '../open-run.js';

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
    const { gatherAll } = await import('../../engine/gather-all.js');
    const run = await openRun(args, context, { mode: 'plan' });
    const names =
      run.request.hosts.length > 0 ? run.request.hosts : run.inventory.hosts.map(({ name }) => name);
    const width = Math.max(...names.map((name) => name.length));
    const codes: number[] = [];
    const { errors } = await gatherAll(run.request, async (host, connection) => {
      codes.push(await execOn(connection, `${host.padEnd(width)} | `, words, context));
    });
    for (const [host, error] of errors) context.stderr.write(`${host}: ${error.message}\n`);
    if (codes.some((code) => code !== 0)) return ExitCode.failed;
    return [...errors.values()][0]?.exitCode ?? ExitCode.done;
  },
};

async function execOn(
  connection: Connection,
  prefix: string,
  words: readonly string[],
  context: Context,
): Promise<number> {
  const out = lineWriter((line) => context.stdout.write(`${prefix}${line}\n`));
  const err = lineWriter((line) => context.stderr.write(`${prefix}${line}\n`));
  const { code } = await connection.execRoot(words.map(quote).join(' '), {
    onStdout: out.push,
    onStderr: err.push,
    signal: context.softStop,
  });
  out.end();
  err.end();
  if (code !== 0) context.stderr.write(`${prefix}exit code ${code}\n`);
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

import { ExitCode, ProvisionError } from '../../errors.js';
import type { Command } from '../command.js';
import { ACCEPT_KEYS_OPTION, HOST_OPTION, INVENTORY_ARGUMENT } from '../common-options.js';
import { STAGES } from '../stages.js';

export const renderCommand: Command = {
  name: 'render',
  summary: 'Print the program that a stage would run on a host.',
  description: 'Reads the facts of the hosts and runs nothing else on them. Secrets are left out.',
  arguments: [
    { name: 'stage', description: STAGES.join(', '), required: true, complete: { words: STAGES } },
    INVENTORY_ARGUMENT,
  ],
  options: [{ ...HOST_OPTION, description: 'the host', repeat: false }, ACCEPT_KEYS_OPTION],
  examples: [
    {
      command: 'provision render docker inventory.yaml --host node1',
      explanation: 'what would run on node1',
    },
    { command: 'provision render hosts --host node1 | shellcheck -s sh -', explanation: 'have it checked' },
  ],
  handler: async (args, context) => {
    const host = args.text('host');
    const stage = args.text('stage') ?? '';
    if (host === undefined) {
      throw new ProvisionError('USAGE', 'Say for which host: --host NAME.', { exitCode: ExitCode.usage });
    }
    const [{ gatherAll }, { renderPrograms }, { openRun }] = await Promise.all([
      import('../../engine/gather-all.js'),
      import('../../engine/render.js'),
      import('../open-run.js'),
    ]);
    const run = await openRun(forOneHost(args, host), context, { mode: 'look', stages: [stage] });
    const { facts, errors } = await gatherAll(run.request);
    const error = errors.get(host);
    if (error !== undefined) throw run.masker.maskError(error);
    const playbook = run.request.playbooks[0];
    if (playbook === undefined) return ExitCode.failed;
    const programs = renderPrograms(playbook, { inventory: run.inventory, facts, outputs: new Map() }, host);
    context.stdout.write(`${programs.join('\n')}\n`);
    return ExitCode.done;
  },
};

function forOneHost(args: Parameters<NonNullable<Command['handler']>>[0], host: string): typeof args {
  return { ...args, list: (name) => (name === 'host' ? [host] : []) };
}

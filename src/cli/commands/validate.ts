import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'check an inventory without connecting to anything',
  description:
    'Prints the hosts as they were understood and the settings that are not the default, or everything that is wrong with the file, each with its line and column.',
  arguments: [{ name: 'inventory', description: 'inventory file', required: true, complete: 'inventory' }],
  options: [],
  examples: [{ command: 'provision validate inventory.yaml', explanation: 'check inventory.yaml' }],
  handler: async (args, context) => {
    const [{ loadInventory }, { summarize }] = await Promise.all([
      import('../../inventory/load.js'),
      import('../../inventory/summary.js'),
    ]);
    const inventory = await loadInventory(args.text('inventory') ?? '', { env: context.env });
    context.stdout.write(`${summarize(inventory)}\n`);
    return ExitCode.done;
  },
};

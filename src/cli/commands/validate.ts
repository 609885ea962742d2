import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT } from '../common-options.js';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check an inventory without connecting to anything.',
  description:
    'Prints the hosts as they were understood and the settings that are not the default, or everything that is wrong with the file, each with its line and column.',
  arguments: [INVENTORY_ARGUMENT],
  options: [],
  examples: [{ command: 'provision validate inventory.yaml', explanation: 'check inventory.yaml' }],
  handler: async (args, context) => {
    const [{ openInventory }, { summarize }] = await Promise.all([
      import('../open-inventory.js'),
      import('../../inventory/summary.js'),
    ]);
    const inventory = await openInventory(args, context);
    context.stdout.write(`${summarize(inventory)}\n`);
    return ExitCode.done;
  },
};

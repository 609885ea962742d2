import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT } from '../common-options.js';
import { openInventory } from '../open-inventory.js';

export const validateCommand: Command = {
  name: 'validate',
  summary: 'Check an inventory without connecting to anything.',
  description:
    'Prints the hosts as they were understood and the settings that are not the default, or everything that is wrong with the file, each with its line and column.',
  arguments: [INVENTORY_ARGUMENT],
  options: [],
  examples: [{ command: 'provision validate inventory.yaml', explanation: 'check inventory.yaml' }],
  handler: async (args, context) => {
    const inventory = await openInventory(args, context);
    const { summarize } = await import('../../inventory/summary.js');
    context.stdout.write(`${summarize(inventory)}\n`);
    return ExitCode.done;
  },
};

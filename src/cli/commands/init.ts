import { resolve } from 'node:path';
import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';

export const initCommand: Command = {
  name: 'init',
  summary: 'Ask a few questions and write an inventory.',
  description:
    'Asks for the hosts and how to reach them, writes a commented inventory file and reads it back. Needs a terminal; without one, copy inventory.example.yaml.',
  arguments: [
    {
      name: 'file',
      description: 'the file to write',
      required: false,
      default: 'inventory.yaml',
      complete: 'file',
    },
  ],
  options: [{ name: 'force', description: 'overwrite the file when it exists' }],
  examples: [
    { command: 'provision init', explanation: 'write inventory.yaml' },
    { command: 'provision init lab.yaml --force', explanation: 'write lab.yaml, even if there is one' },
  ],
  handler: async (args, context) => {
    const { initInventory } = await import('../../inventory/init.js');
    const name = args.text('file') ?? 'inventory.yaml';
    const request = { name, path: resolve(context.cwd, name), overwrite: args.flag('force') };
    await initInventory(request, context);
    return ExitCode.done;
  },
};

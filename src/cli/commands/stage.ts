import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT, RUN_OPTIONS, UP_OPTIONS } from '../common-options.js';
import { STAGES } from '../stages.js';
import { withLists } from '../with-lists.js';

export const stageCommand: Command = {
  name: 'stage',
  summary: 'Run one stage again.',
  arguments: [
    { name: 'stage', description: STAGES.join(', '), required: true, complete: { words: STAGES } },
    INVENTORY_ARGUMENT,
  ],
  options: [
    ...RUN_OPTIONS.filter(({ name }) => !['stage', 'from', 'to', 'skip'].includes(name)),
    ...UP_OPTIONS,
  ],
  examples: [
    {
      command: 'provision stage docker inventory.yaml',
      explanation: 'bring Docker to its state on all hosts',
    },
    { command: 'provision stage hosts --host node3', explanation: 'prepare one more host' },
  ],
  handler: async (args, context) => {
    const { runUp } = await import('../run-up.js');
    const stage = args.text('stage');
    // The positional word has the name of the option that other commands have.
    const own = withLists(args, { stage: [] });
    return runUp(own, context, undefined, stage === undefined ? [] : [stage]);
  },
};

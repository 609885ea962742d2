import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT, RUN_OPTIONS, UP_OPTIONS } from '../common-options.js';
import { readPlan } from './plan.js';

export const upCommand: Command = {
  name: 'up',
  summary: 'Bring the hosts to the state that the inventory describes.',
  description:
    'Looks first, changes only what differs, and proves each change. Runs go on on the hosts when the connection or this program ends; press Ctrl-C once to stop watching after the running tasks, twice to stop at once.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    ...RUN_OPTIONS,
    ...UP_OPTIONS,
    {
      name: 'plan',
      value: 'FILE',
      description: 'apply exactly this saved plan, or refuse',
      complete: 'file',
    },
    { name: 'attach', description: 'watch what is running on the hosts, and start nothing' },
  ],
  examples: [
    {
      command: 'provision up inventory.yaml',
      explanation: 'everything, after showing the changes and asking',
    },
    { command: 'provision up --yes --output json | jq .', explanation: 'for scripts and CI' },
    { command: 'provision up --retry-failed', explanation: 'only the hosts that failed the last time' },
    { command: 'provision up --attach', explanation: 'watch a run whose connection or controller was lost' },
  ],
  handler: async (args, context) => {
    const { runAttach, runUp } = await import('../run-up.js');
    if (args.flag('attach')) return runAttach(args, context);
    return runUp(args, context, await readPlan(args, context));
  },
};

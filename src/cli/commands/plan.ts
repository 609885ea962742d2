import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Plan } from '../../engine/plan.js';
import type { SavedPlan } from '../../engine/saved-plan.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Arguments, Command } from '../command.js';
import { INVENTORY_ARGUMENT, RUN_OPTIONS } from '../common-options.js';
import type { Context } from '../context.js';
import type { OpenRun } from '../open-run.js';

export const planCommand: Command = {
  name: 'plan',
  summary: 'Say what up would change, and change nothing.',
  description:
    'Looks at every task of every stage on every host. What can only be known after an earlier change is marked so.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    ...RUN_OPTIONS,
    { name: 'exit-code', description: `exit with ${ExitCode.changesPending} when something would change` },
    { name: 'out', value: 'FILE', description: 'save the plan, for "up --plan FILE"', complete: 'file' },
  ],
  examples: [
    { command: 'provision plan inventory.yaml', explanation: 'what would change, as diffs' },
    { command: 'provision plan --stage docker --host node2', explanation: 'one stage on one host' },
    {
      command: 'provision plan --out plan.json && provision up --plan plan.json',
      explanation: 'apply what was read',
    },
  ],
  handler: async (args, context) => {
    const [{ plan }, { openRun }] = await Promise.all([
      import('../../engine/plan.js'),
      import('../open-run.js'),
    ]);
    const run = await openRun(args, context, { mode: 'plan' });
    try {
      const planned = await plan(run.request);
      const out = args.text('out');
      if (out !== undefined) await save(resolve(context.cwd, out), run, planned);
      return exitCode(args, planned);
    } finally {
      await run.close();
    }
  },
};

function exitCode(args: Arguments, { summary }: Plan): number {
  if (summary.exitCode !== ExitCode.done) return summary.exitCode;
  return args.flag('exit-code') && summary.changed > 0 ? ExitCode.changesPending : ExitCode.done;
}

async function save(path: string, { inventory, request }: OpenRun, { tasks }: Plan): Promise<void> {
  const saved: SavedPlan = {
    version: 1,
    cluster: inventory.cluster,
    stages: request.playbooks.map(({ stage }) => stage),
    hosts: request.hosts,
    tasks,
  };
  try {
    await writeFile(path, `${JSON.stringify(saved, undefined, 2)}\n`, { mode: 0o600 });
  } catch (cause) {
    throw new ProvisionError(
      'PLAN_NOT_SAVED',
      `The plan could not be written to ${path}: ${(cause as Error).message}.`,
      {
        cause,
      },
    );
  }
}

/** What a saved plan says of the run: the same stages and hosts, and each task as it was. */
export async function readPlan(args: Arguments, context: Context): Promise<SavedPlan | undefined> {
  const name = args.text('plan');
  if (name === undefined) return undefined;
  const [{ readFile }, { parseSavedPlan }] = await Promise.all([
    import('node:fs/promises'),
    import('../../engine/saved-plan.js'),
  ]);
  const path = resolve(context.cwd, name);
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new ProvisionError('PLAN_INVALID', `The plan ${path} cannot be read: ${cause.message}.`, {
      exitCode: ExitCode.usage,
      cause,
    });
  });
  return parseSavedPlan(text, path);
}

import type { Playbook, PlaybookContext, StageReset } from '../../engine/play.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Host, Inventory } from '../../inventory/inventory.js';
import type { Arguments, Command } from '../command.js';
import { INVENTORY_ARGUMENT, RUN_OPTIONS, YES_OPTION } from '../common-options.js';
import type { Context } from '../context.js';
import { STAGES } from '../stages.js';
import { withLists } from '../with-lists.js';

const NOT_OF_RESET: readonly string[] = ['stage', 'from', 'to', 'skip', 'yes'];

export const resetCommand: Command = {
  name: 'reset',
  summary: 'Take a stage away from its hosts, with all data that it keeps there.',
  description:
    'Says what will be lost and on which hosts, and asks for the name of the cluster before anything is done. Devices are never erased; the commands for it are printed. A second reset changes nothing, and "provision up" builds the stage anew.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    { name: 'stage', value: 'STAGE', description: 'the stage (needed)', complete: { words: STAGES } },
    {
      name: 'cluster',
      value: 'NAME',
      description: 'the name of the cluster, so that it is not asked for; the only way without a terminal',
    },
    { ...YES_OPTION, description: 'is not enough: the name of the cluster is needed all the same' },
    ...RUN_OPTIONS.filter(({ name }) => !NOT_OF_RESET.includes(name)),
  ],
  examples: [
    {
      command: 'provision reset --stage ceph inventory.yaml',
      explanation: 'the whole Ceph cluster, after asking for its name',
    },
    {
      command: 'provision reset --stage ceph --host node3 --cluster office inventory.yaml',
      explanation: 'what an earlier cluster left on one host, without a terminal',
    },
  ],
  handler: async (args, context) => {
    const [{ playbooks }, { checkedHosts, openInventory }, { openRun }, { change }] = await Promise.all([
      import('../../../playbooks/index.js'),
      import('../open-inventory.js'),
      import('../open-run.js'),
      import('../run-up.js'),
    ]);
    const { playbook, reset } = await resettable(playbooks, args);
    const inventory = await openInventory(args, context);
    const hosts = concerned(playbook, inventory, checkedHosts(inventory, args.list('host')));
    await agree({ playbook, reset, inventory, hosts }, args, context);
    const helpers = reset.helpers?.(inventory, hosts) ?? [];
    const takingPart = [...hosts, ...helpers].map(({ name }) => name);
    const run = await openRun(withLists(args, { stage: [], host: takingPart }), context, {
      mode: 'up',
      stages: [playbook.stage],
    });
    // The run has read the inventory for itself: these are its own hosts.
    const own = run.inventory.hosts.filter(({ name }) => hosts.some((host) => host.name === name));
    const plays = (known: PlaybookContext) => reset.plays(known, own);
    const request = { ...run.request, playbooks: [{ ...playbook, plays }] };
    return change({ ...run, request }, args, context, { mode: 'reset' });
  },
};

interface Resettable {
  readonly playbook: Playbook;
  readonly reset: StageReset;
}

/** @throws ProvisionError RESET_NONE for a stage that has none. */
async function resettable(playbooks: readonly Playbook[], args: Arguments): Promise<Resettable> {
  const { selectStages } = await import('../select-stages.js');
  const stage = args.text('stage');
  const known = playbooks.filter((each) => each.reset !== undefined).map((each) => each.stage);
  const hint = `Stages that can be reset: ${known.join(', ') || 'none'}.`;
  if (stage === undefined) {
    throw new ProvisionError('USAGE', 'Say which stage: --stage STAGE.', { exitCode: ExitCode.usage, hint });
  }
  const only = { only: [stage], from: undefined, to: undefined, skip: [] };
  const [playbook] = selectStages(playbooks, only);
  if (playbook?.reset !== undefined) return { playbook, reset: playbook.reset };
  throw new ProvisionError(
    'RESET_NONE',
    `The stage ${stage} cannot be reset: what it sets up is used by more than itself, and nothing of it has to go before it can be set up again.`,
    { exitCode: ExitCode.usage, hint },
  );
}

/** @throws ProvisionError RESET_HOSTS when none of the chosen hosts belongs to the stage. */
function concerned(playbook: Playbook, inventory: Inventory, names: readonly string[]): readonly Host[] {
  const members = playbook.hosts(inventory);
  const chosen = members.filter(({ name }) => names.length === 0 || names.includes(name));
  const other = names.find((name) => !members.some((host) => host.name === name));
  if (chosen.length > 0 && other === undefined) return chosen;
  const problem =
    other === undefined
      ? `The stage ${playbook.stage} concerns no host of this inventory.`
      : `${other} does not belong to the stage ${playbook.stage}.`;
  throw new ProvisionError('RESET_HOSTS', problem, {
    exitCode: ExitCode.usage,
    hint: `Its hosts are: ${members.map(({ name }) => name).join(', ') || 'none'}.`,
  });
}

interface Question extends Resettable {
  readonly inventory: Inventory;
  readonly hosts: readonly Host[];
}

/** Says what will be lost, and goes on only when the cluster's name was given. */
async function agree(question: Question, args: Arguments, context: Context): Promise<void> {
  const { cluster } = question.inventory;
  context.stderr.write(`${warning(question).join('\n')}\n`);
  const typed = args.text('cluster') ?? (await askName(cluster, context));
  if (typed.trim() === cluster) return;
  throw new ProvisionError(
    'RESET_REFUSED',
    `"${typed}" is not the name of the cluster. Nothing was changed.`,
    {
      exitCode: ExitCode.usage,
      hint: 'The name stands at the top of the inventory, as "cluster".',
    },
  );
}

function warning({ playbook, reset, inventory, hosts }: Question): string[] {
  const context = { inventory, facts: new Map(), outputs: new Map() };
  return [
    `This resets the stage ${playbook.stage} on ${hosts.map(({ name }) => name).join(', ')} of the cluster "${inventory.cluster}". It cannot be undone. Lost for good:`,
    ...reset.loses(context, hosts).map((line) => `  - ${line}`),
  ];
}

/** @throws ProvisionError CONFIRM_NEEDED without a terminal. */
async function askName(cluster: string, { stdinIsTerminal, prompts }: Context): Promise<string> {
  if (stdinIsTerminal) return prompts.input('Type the name of the cluster to go on:');
  throw new ProvisionError('CONFIRM_NEEDED', 'There is no terminal to type the name of the cluster on.', {
    exitCode: ExitCode.usage,
    hint: `If all of this may be lost, add: --cluster ${cluster} (--yes is not enough)`,
  });
}

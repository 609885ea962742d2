import { dirname, join } from 'node:path';
import type { Playbook } from '../engine/play.js';
import type { RunRequest } from '../engine/run-request.js';
import type { Inventory } from '../inventory/inventory.js';
import type { Masker } from '../report/mask.js';
import type { OutputName } from '../report/open-reports.js';
import type { Report } from '../report/report.js';
import { quote } from '../shell/quote.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { checkedHosts, forksOf, openInventory } from './open-inventory.js';
import { selectStages } from './select-stages.js';

/** Everything that a run of the engine needs, made from the command's words. */
export interface OpenRun {
  readonly inventory: Inventory;
  readonly request: RunRequest;
  readonly reports: Report;
  /** Knows the secrets of the inventory and those that hosts have handed on. */
  readonly masker: Masker;
  /** `.provision/<cluster>` beside the inventory. */
  readonly folder: string;
  /** After the last event: writes what the reports still hold. */
  readonly close: () => Promise<void>;
}

export interface OpenRunOptions {
  /** `look` is for commands that print their own results. */
  readonly mode: 'plan' | 'up' | 'look';
  /** Stages given by the command itself rather than by its options. */
  readonly stages?: readonly string[] | undefined;
  /** Hosts that take part when the options name none. */
  readonly hosts?: ((folder: string, inventory: Inventory) => Promise<readonly string[]>) | undefined;
}

export async function openRun(args: Arguments, context: Context, options: OpenRunOptions): Promise<OpenRun> {
  const [{ newRunId }, { catalogue }, { Masker }, { openReports }, { openConnector }] = await Promise.all([
    import('../engine/run-id.js'),
    import('../pitfalls/catalogue.js'),
    import('../report/mask.js'),
    import('../report/open-reports.js'),
    import('./connect.js'),
  ]);
  const inventory = await openInventory(args, context);
  const folder = stateFolder(inventory);
  const playbooks = await selectedPlaybooks(args, options.stages);
  const named = checkedHosts(inventory, args.list('host'));
  const hosts = named.length > 0 ? named : ((await options.hosts?.(folder, inventory)) ?? []);
  const run = newRunId();
  const record = options.mode === 'up' ? join(folder, 'runs', run) : undefined;
  const masker = new Masker(inventory.secretValues);
  const forks = forksOf(args);
  const reports = openReports({
    output: options.mode === 'look' ? undefined : outputOf(args, context),
    mode: options.mode === 'up' ? 'up' : 'plan',
    stdout: context.stdout,
    stderr: context.stderr,
    masker,
    inventory: inventoryWord(args),
    record,
  });
  const connector = await openConnector({
    inventory,
    hosts,
    acceptNewHostKeys: args.flag('accept-new-host-keys'),
    quietly: reports.quietly,
    context,
  });
  const request: RunRequest = {
    run,
    inventory,
    playbooks,
    pitfalls: catalogue,
    hosts,
    forks,
    keepGoing: args.flag('keep-going'),
    sink: reports.event,
    connect: connector.connect,
    softStop: context.softStop,
    hardStop: hardStopOf(options.mode, context),
    record,
    mask: (secret) => masker.add(secret),
  };
  return { inventory, request, reports, masker, folder, close: reports.close };
}

/** The inventory as it stands in a command line that the operator can copy. */
export function inventoryWord(args: Arguments): string {
  return quote(args.text('inventory') ?? 'inventory.yaml');
}

/** Where nothing is changed nothing has to be brought to an end: the first Ctrl-C ends it. */
function hardStopOf(mode: OpenRunOptions['mode'], { softStop, hardStop }: Context): AbortSignal {
  return mode === 'up' ? hardStop : AbortSignal.any([softStop, hardStop]);
}

/** Where the controller keeps what it knows of a cluster: beside its inventory, whatever the working folder. */
export function stateFolder(inventory: Inventory): string {
  return join(dirname(inventory.path), '.provision', inventory.cluster);
}

async function selectedPlaybooks(args: Arguments, stages: readonly string[] = []): Promise<Playbook[]> {
  const { playbooks } = await import('../../playbooks/index.js');
  return selectStages(playbooks, {
    only: [...stages, ...args.list('stage')],
    from: args.text('from'),
    to: args.text('to'),
    skip: args.list('skip'),
  });
}

function outputOf(args: Arguments, context: Context): OutputName {
  const asked = args.text('output') as OutputName | undefined;
  return asked ?? (context.stdout.isTerminal ? 'tty' : 'plain');
}

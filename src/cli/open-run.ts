import { dirname, join } from 'node:path';
import type { Playbook } from '../engine/play.js';
import type { RunRequest } from '../engine/run-request.js';
import type { Inventory } from '../inventory/inventory.js';
import type { OutputName } from '../report/open-reports.js';
import type { Report } from '../report/report.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { checkedHosts, forksOf, openInventory } from './open-inventory.js';
import { selectStages } from './select-stages.js';

/** Everything that a run of the engine needs, made from the command's words. */
export interface OpenRun {
  readonly inventory: Inventory;
  readonly request: RunRequest;
  readonly reports: Report;
  /** `.provision/<cluster>` beside the inventory. */
  readonly folder: string;
  /** After the last event: writes what the reports still hold. */
  readonly close: () => Promise<void>;
}

export interface OpenRunOptions {
  readonly mode: 'plan' | 'up';
  /** Stages given by the command itself rather than by its options. */
  readonly stages?: readonly string[] | undefined;
  /** Hosts that take part when the options name none. */
  readonly hosts?: ((folder: string) => Promise<readonly string[]>) | undefined;
}

export async function openRun(args: Arguments, context: Context, options: OpenRunOptions): Promise<OpenRun> {
  const [{ newRunId }, { Masker }, { openReports }, { openConnector }] = await Promise.all([
    import('../engine/run-id.js'),
    import('../report/mask.js'),
    import('../report/open-reports.js'),
    import('./connect.js'),
  ]);
  const inventory = await openInventory(args, context);
  const folder = stateFolder(inventory);
  const playbooks = await selectedPlaybooks(args, options.stages);
  const named = checkedHosts(inventory, args.list('host'));
  const hosts = named.length > 0 ? named : ((await options.hosts?.(folder)) ?? []);
  const run = newRunId();
  const record = options.mode === 'plan' ? undefined : join(folder, 'runs', run);
  const masker = new Masker(inventory.secretValues);
  const connector = await openConnector(inventory, hosts, args.flag('accept-new-host-keys'), context);
  const reports = openReports({
    output: outputOf(args, context),
    mode: options.mode,
    stdout: context.stdout,
    masker,
    record,
  });
  const request: RunRequest = {
    run,
    inventory,
    playbooks,
    hosts,
    forks: forksOf(args),
    keepGoing: args.flag('keep-going'),
    sink: reports.event,
    connect: connector.connect,
    softStop: context.softStop,
    hardStop: context.hardStop,
    record,
    mask: (secret) => masker.add(secret),
  };
  return { inventory, request, reports, folder, close: reports.close };
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

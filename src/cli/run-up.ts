import type { RunEvent } from '../engine/events.js';
import type { UpRequest } from '../engine/run-request.js';
import type { PlannedTask, SavedPlan } from '../engine/saved-plan.js';
import { NO_DETAIL } from '../engine/task-tracker.js';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { count } from '../report/sentences.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { lastRuns } from './last-runs.js';
import { inventoryWord, type OpenRun, openRun } from './open-run.js';

/** What `up` and `stage` do alike. */
export async function runUp(
  args: Arguments,
  context: Context,
  plan: SavedPlan | undefined,
  stages: readonly string[] = plan?.stages ?? [],
): Promise<number> {
  const hosts = async (folder: string, inventory: Inventory): Promise<readonly string[]> =>
    args.flag('retry-failed') ? failedHosts(folder, inventory) : (plan?.hosts ?? []);
  const run = await openRun(args, context, { mode: 'up', stages, hosts });
  const confirm = args.flag('yes')
    ? undefined
    : (planned: readonly PlannedTask[]) => ask(run, planned, context);
  return change(run, args, context, { confirm, planned: plan?.tasks, serial: args.flag('serial') });
}

/** Runs to its end what changes hosts, with the cluster locked on this machine. */
export async function change(
  run: OpenRun,
  args: Arguments,
  context: Context,
  more: Partial<UpRequest>,
): Promise<number> {
  const [{ up }, { lockCluster }] = await Promise.all([
    import('../engine/up.js'),
    import('../engine/controller-lock.js'),
  ]);
  const unwatch = tellSoftStop(run, args, context);
  try {
    const unlock = await lockCluster(run.folder, run.request.run);
    try {
      return (await up({ ...run.request, ...more })).exitCode;
    } finally {
      await unlock();
    }
  } finally {
    unwatch();
    await run.close();
  }
}

/** Goes on watching what runs on the hosts. */
export async function runAttach(args: Arguments, context: Context): Promise<number> {
  const { attach } = await import('../engine/attach.js');
  const run = await openRun(args, context, { mode: 'up' });
  const unwatch = tellSoftStop(run, args, context);
  try {
    return (await attach(run.request)).exitCode;
  } finally {
    unwatch();
    await run.close();
  }
}

/** Says at the first Ctrl-C what happens now, and how to watch again. Gives back what ends this. */
function tellSoftStop({ reports }: OpenRun, args: Arguments, { softStop }: Context): () => void {
  const tell = (): void =>
    reports.event({
      kind: 'notice',
      time: Date.now(),
      host: undefined,
      text: `Stopping after the running tasks; Ctrl-C again stops at once. To watch again: provision up ${inventoryWord(args)} --attach`,
    });
  softStop.addEventListener('abort', tell, { once: true });
  return () => softStop.removeEventListener('abort', tell);
}

/** The hosts whose last run did not come through. */
async function failedHosts(folder: string, inventory: Inventory): Promise<readonly string[]> {
  const last = await lastRuns(folder);
  if (last.size === 0) {
    throw new ProvisionError('NO_LAST_RUN', `There is no record of a run in ${folder}.`, {
      exitCode: ExitCode.usage,
      hint: 'Run without --retry-failed.',
    });
  }
  const names = inventory.hosts.map(({ name }) => name);
  const failed = names.filter((name) => (last.get(name)?.outcome ?? 'ok') !== 'ok');
  if (failed.length > 0) return failed;
  throw new ProvisionError('NOTHING_FAILED', 'No host failed in its last run.', {
    exitCode: ExitCode.done,
    hint: 'Run without --retry-failed to look at all hosts.',
  });
}

/** Shows what would change and asks; without a terminal there is no one to ask. */
async function ask(run: OpenRun, planned: readonly PlannedTask[], context: Context): Promise<boolean> {
  if (!context.stdinIsTerminal) {
    throw new ProvisionError('CONFIRM_NEEDED', 'There are changes to make, and no terminal to ask on.', {
      exitCode: ExitCode.usage,
      hint: 'Add --yes to make them, or see them with "provision plan".',
    });
  }
  const [{ planText }, { linePrinter }] = await Promise.all([
    import('../report/plan-text.js'),
    import('../report/line-printer.js'),
  ]);
  const changes = planned.filter(({ status }) => status === 'change').length;
  const hosts = new Set(planned.filter(({ status }) => status === 'change').map(({ host }) => host)).size;
  const agreed = await run.reports.quietly(() => {
    linePrinter(context.stderr)([...planText(planned.map(asEvent)), '']);
    return context.prompts.confirm(`Make ${count(changes, 'change')} on ${count(hosts, 'host')}?`);
  });
  if (agreed) return true;
  throw new ProvisionError('DECLINED', 'Nothing was changed.', { exitCode: ExitCode.interrupted });
}

function asEvent({
  stage,
  play,
  host,
  task,
  title,
  status,
}: PlannedTask): Extract<RunEvent, { kind: 'task-end' }> {
  return { kind: 'task-end', time: 0, stage, play, host, task, title, status, seconds: 0, detail: NO_DETAIL };
}

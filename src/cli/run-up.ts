import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent, RunSummary } from '../engine/events.js';
import type { PlannedTask, SavedPlan } from '../engine/saved-plan.js';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { type OpenRun, openRun } from './open-run.js';

/** What `up` and `stage` do alike. */
export async function runUp(
  args: Arguments,
  context: Context,
  plan: SavedPlan | undefined,
  stages: readonly string[] = plan?.stages ?? [],
): Promise<number> {
  const [{ up }, { lockCluster }] = await Promise.all([
    import('../engine/up.js'),
    import('../engine/controller-lock.js'),
  ]);
  const hosts = async (folder: string): Promise<readonly string[]> =>
    args.flag('retry-failed') ? failedHosts(folder) : (plan?.hosts ?? []);
  const run = await openRun(args, context, { mode: 'up', stages, hosts });
  try {
    const unlock = await lockCluster(run.folder, run.request.run);
    try {
      const confirm = args.flag('yes')
        ? undefined
        : (planned: readonly PlannedTask[]) => ask(run, planned, context);
      const summary = await up({ ...run.request, confirm, planned: plan?.tasks });
      return summary.exitCode;
    } finally {
      await unlock();
    }
  } finally {
    await run.close();
  }
}

/** The hosts that did not come through the last run. */
async function failedHosts(folder: string): Promise<readonly string[]> {
  const path = join(folder, 'runs', 'latest', 'summary.json');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProvisionError('NO_LAST_RUN', `There is no record of a run in ${folder}.`, {
      exitCode: ExitCode.usage,
      hint: 'Run without --retry-failed.',
      cause,
    });
  });
  const { hosts } = JSON.parse(text) as RunSummary;
  const failed = Object.keys(hosts).filter((name) => hosts[name]?.outcome !== 'ok');
  if (failed.length > 0) return failed;
  throw new ProvisionError('NOTHING_FAILED', 'No host failed in the last run.', {
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
  const { planText } = await import('../report/plan-text.js');
  await run.reports.suspend();
  context.stderr.write(`${planText(planned.map(asEvent)).join('\n')}\n\n`);
  const changes = planned.filter(({ status }) => status === 'change').length;
  const hosts = new Set(planned.map(({ host }) => host)).size;
  return context.prompts.confirm(`Make these ${changes} changes on ${hosts} hosts?`);
}

function asEvent({
  stage,
  play,
  host,
  task,
  title,
  status,
}: PlannedTask): Extract<RunEvent, { kind: 'task-end' }> {
  const detail = { difference: undefined, output: undefined, knownAfter: undefined, pitfall: undefined };
  return { kind: 'task-end', time: 0, stage, play, host, task, title, status, seconds: 0, detail };
}

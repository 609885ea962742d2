import type { RunSummary } from './events.js';
import { describeOwner } from './busy-host.js';
import { judgementsOf, plannedTasks, Run, type Survey } from './run.js';
import type { RunRequest } from './run-request.js';
import type { PlannedTask } from './saved-plan.js';
import type { ScheduledPlay } from './schedule.js';
import { judgementEvent } from './tell-judgement.js';

/** What `plan` gives back: the summary for the exit code, the tasks for `--out`. */
export interface Plan {
  readonly summary: RunSummary;
  readonly tasks: readonly PlannedTask[];
}

/** Says what an up would change. Looks only: nothing here can write on a host. */
export async function plan(request: RunRequest): Promise<Plan> {
  const run = new Run(request);
  run.start('plan');
  try {
    await run.hosts.open();
    const survey = await run.surveyAll();
    for (const scheduled of survey.plays) tellPlay(run, survey, scheduled);
    tellHolders(run, survey);
    const summary = run.tally.summary('plan', request.run, request.record);
    run.emit({ kind: 'run-end', time: Date.now(), summary });
    return { summary, tasks: plannedTasks(survey) };
  } finally {
    await run.hosts.close();
  }
}

function tellPlay(run: Run, survey: Survey, scheduled: ScheduledPlay): void {
  const { playbook, play } = scheduled;
  const hosts = [...scheduled.hosts.keys()].filter((host) => survey.looks.has(host));
  if (hosts.length === 0) return;
  const place = { stage: playbook.stage, play: play.id };
  run.emit({ kind: 'play-start', time: Date.now(), ...place, title: play.title, hosts });
  for (const host of hosts) {
    const judgements = judgementsOf(survey, scheduled, host);
    for (const judgement of judgements) {
      run.emit(judgementEvent({ ...place, host }, judgement, run.request.pitfalls));
    }
    const failed = judgements.some(({ status }) => status === 'failed');
    run.emit({ kind: 'host-end', time: Date.now(), ...place, host, outcome: failed ? 'failed' : 'ok' });
  }
}

/** A plan of a host that is being worked on is a plan of something half done. */
function tellHolders(run: Run, survey: Survey): void {
  for (const [host, { holder }] of survey.looks) {
    if (holder === undefined) continue;
    run.notice(
      host,
      `is being changed right now by ${describeOwner(holder)}; plan again when that has ended`,
    );
  }
}

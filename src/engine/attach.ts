import type { HostEvent, RunMetadata } from './protocol.js';
import { listRunsProgram } from './compile.js';
import type { RunSummary } from './events.js';
import { ProtocolReader } from './protocol.js';
import { Run } from './run.js';
import { followPlay } from './run-play.js';
import type { RunRequest } from './run-request.js';
import { TaskTracker } from './task-tracker.js';
import { taskEnd } from './tell-judgement.js';
import { inParallel } from './work-pool.js';

interface FoundRun {
  readonly host: string;
  readonly folder: string;
  readonly meta: RunMetadata;
}

/** Goes on watching what runs on the hosts, whoever started it, to its end. Changes nothing. */
export async function attach(request: RunRequest): Promise<RunSummary> {
  const run = new Run(request);
  run.start('up');
  try {
    await run.hosts.open();
    const found = await findRuns(run);
    if (found.length === 0) run.notice(undefined, 'nothing is running on these hosts');
    tellPlays(run, found);
    await inParallel(found, request.forks, (each) => watch(run, each));
  } finally {
    await run.hosts.close();
  }
  const summary = run.tally.summary('up', request.run, request.record);
  run.emit({ kind: 'run-end', time: Date.now(), summary });
  return summary;
}

async function findRuns(run: Run): Promise<FoundRun[]> {
  const hosts = run.hosts.selected().filter((host) => run.hosts.isIn(host.name));
  const found = await inParallel(hosts, run.request.forks, async ({ name }) => {
    const events: HostEvent[] = [];
    const reader = new ProtocolReader({ onEvent: (event) => events.push(event), onOutput: () => undefined });
    await run.hosts.session(name).use(async (connection) => {
      const answer = await connection.execRoot(listRunsProgram(), { signal: run.request.hardStop });
      reader.push(answer.stdout);
    });
    return events.flatMap((event) =>
      event.t === 'run' ? [{ host: name, folder: event.folder, meta: event.meta }] : [],
    );
  });
  return found.flat();
}

function tellPlays(run: Run, found: readonly FoundRun[]): void {
  for (const { host, meta } of found) {
    const title = `${meta.play} (run ${meta.run}, started by ${meta.owner.user} on ${meta.owner.controller})`;
    const { stage, play } = meta;
    run.emit({ kind: 'play-start', time: Date.now(), stage, play, title, hosts: [host] });
  }
}

async function watch(run: Run, found: FoundRun): Promise<void> {
  const { host, meta } = found;
  const place = { stage: meta.stage, play: meta.play, host };
  const ref = (task: { id: string; title: string }) => ({ ...place, task: task.id, title: task.title });
  const tasks = meta.tasks.map((task) => ({ ...task, outputName: undefined }));
  const tracker = new TaskTracker(tasks, {
    started: (task) => run.emit({ kind: 'task-start', time: Date.now(), ...ref(task) }),
    line: (task, line) => run.emit({ kind: 'task-output', time: Date.now(), line, ...ref(task) }),
    ended: (task, status, detail, seconds) => run.emit(taskEnd(place, task, status, detail, seconds)),
  });
  const { softStop, hardStop } = run.request;
  const end = await followPlay(run.hosts.session(host), found.folder, tracker, { softStop, hardStop });
  if (end.kind === 'detached') run.tally.interrupted(host);
  const ok = end.kind === 'ended' && end.ok;
  run.emit({ kind: 'host-end', time: Date.now(), ...place, host, outcome: ok ? 'ok' : 'failed' });
}

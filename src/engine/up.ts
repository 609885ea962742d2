import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode, ProvisionError } from '../errors.js';
import { matchPitfall } from '../pitfalls/match.js';
import { describeOwner, hostLocked, isOrphan, thisOwner } from './busy-host.js';
import type { RunSummary } from './events.js';
import type { HostPlay } from './host-play.js';
import type { Judgement } from './look.js';
import { judgementsOf, plannedTasks, Run, type Survey } from './run.js';
import { type PlayEnd, runPlay } from './run-play.js';
import type { UpRequest } from './run-request.js';
import { assertUnchanged } from './saved-plan.js';
import type { ScheduledPlay } from './schedule.js';
import type { TaskListener } from './task-tracker.js';
import { judgementEvent, skippedEvent, taskEnd } from './tell-judgement.js';
import { inParallel } from './work-pool.js';

/** Milliseconds to wait for a run whose controller died; a play may be in the middle of a package installation. */
const ORPHAN_DEADLINE = 1_800_000;
const ORPHAN_POLL = 1_000;

/** Brings the hosts to the desired state: looks at everything first, then runs play by play what differs. */
export async function up(request: UpRequest): Promise<RunSummary> {
  const run = new UpRun(request);
  const mode = request.mode ?? 'up';
  run.start(mode);
  try {
    await run.hosts.open();
    await run.work();
  } finally {
    await run.hosts.close();
  }
  const summary = run.tally.summary(mode, request.run, request.record);
  run.emit({ kind: 'run-end', time: Date.now(), summary });
  return summary;
}

class UpRun extends Run {
  readonly #request: UpRequest;
  #survey: Survey = { plays: [], looks: new Map() };
  /** Something has been changed, so what was seen before may no longer hold. */
  #dirty = false;
  #stopped = false;
  #sequence = 0;

  constructor(request: UpRequest) {
    super(request);
    this.#request = request;
  }

  async work(): Promise<void> {
    this.#survey = await this.surveyAll();
    await this.#leaveHeldHosts();
    if (!(await this.#mayChange())) return;
    for (const playbook of this.request.playbooks) {
      if (this.#dirty) await this.hosts.refreshFacts();
      const { length } = this.#playsOf(playbook.stage);
      for (let index = 0; index < length; index += 1) {
        // Asked for anew each time: outputs of the play before may be in its tasks.
        const scheduled = this.#playsOf(playbook.stage)[index];
        if (scheduled !== undefined) await this.#play(scheduled);
      }
    }
  }

  #playsOf(stage: string): readonly ScheduledPlay[] {
    if (!this.#dirty) return this.#survey.plays.filter(({ playbook }) => playbook.stage === stage);
    return this.plays(this.request.playbooks.filter((playbook) => playbook.stage === stage));
  }

  /** A host in another run's hands: wait when that run's controller is dead, leave it alone otherwise. */
  async #leaveHeldHosts(): Promise<void> {
    const held = [...this.#survey.looks].filter(([, { holder }]) => holder !== undefined);
    for (const [host, { holder }] of held) {
      if (isOrphan(holder ?? null)) {
        this.#tellOrphan(host, holder ?? null);
        this.#dirty = true;
      } else this.#locked(host, holder ?? null);
    }
  }

  #tellOrphan(host: string, owner: Parameters<typeof describeOwner>[0]): void {
    this.notice(host, `waiting for the end of ${describeOwner(owner)}, whose controller is gone`);
  }

  #locked(host: string, owner: Parameters<typeof describeOwner>[0]): void {
    this.hosts.leave(host);
    this.emit({ kind: 'unreachable', time: Date.now(), host, error: hostLocked(host, owner) });
    this.emit({ kind: 'host-end', time: Date.now(), stage: '', play: '', host, outcome: 'locked' });
  }

  async #mayChange(): Promise<boolean> {
    const planned = plannedTasks(this.#survey);
    if (this.#request.planned !== undefined) assertUnchanged(this.#request.planned, planned);
    const changes = planned.some(({ status }) => status === 'change');
    if (!changes || this.#request.confirm === undefined) return true;
    return this.#request.confirm(planned);
  }

  async #play(scheduled: ScheduledPlay): Promise<void> {
    const { play, playbook } = scheduled;
    const place = { stage: playbook.stage, play: play.id };
    const hosts = [...scheduled.hosts.keys()];
    if (this.#stopped || this.request.softStop.aborted) {
      for (const host of hosts) this.#skip(scheduled, host);
      return;
    }
    const inRun = hosts.filter((host) => this.hosts.isIn(host));
    this.emit({ kind: 'play-start', time: Date.now(), ...place, title: play.title, hosts: inRun });
    let broken = false;
    const order = this.#request.serial === true ? 'serial' : (play.order ?? 'all');
    for (const batch of batches(inRun, order)) {
      if (broken) for (const host of batch) this.#skip(scheduled, host);
      else await inParallel(batch, this.request.forks, (host) => this.#playOn(scheduled, host));
      broken ||= batch.some((host) => !this.hosts.isIn(host));
    }
    if (hosts.some((host) => !this.hosts.isIn(host)) && !this.request.keepGoing) this.#stopped = true;
  }

  #skip(scheduled: ScheduledPlay, host: string): void {
    if (!this.hosts.isIn(host)) return;
    const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
    for (const task of scheduled.hosts.get(host)?.tasks ?? []) this.emit(skippedEvent(place, task));
    if (this.request.softStop.aborted) this.tally.interrupted(host);
  }

  async #playOn(scheduled: ScheduledPlay, host: string): Promise<void> {
    const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
    const hostPlay = scheduled.hosts.get(host);
    if (hostPlay === undefined) return;
    try {
      const judgements = await this.#judge(scheduled, host);
      const outcome = isAsDesired(judgements, hostPlay)
        ? this.#tellAsDesired(scheduled, host, judgements)
        : await this.#apply(scheduled, host, hostPlay);
      if (outcome !== 'ok') this.hosts.leave(host);
      this.emit({ kind: 'host-end', time: Date.now(), ...place, outcome });
    } catch (error) {
      if (this.request.hardStop.aborted) {
        this.tally.interrupted(host);
        this.hosts.leave(host);
        return;
      }
      if (!(error instanceof ProvisionError)) throw error;
      this.hosts.leave(host);
      this.emit({ kind: 'unreachable', time: Date.now(), host, error });
      const outcome = error.exitCode === ExitCode.failed ? 'failed' : 'unreachable';
      this.emit({ kind: 'host-end', time: Date.now(), ...place, host, outcome });
    }
  }

  /** What was seen at the start still holds until something has been changed. */
  async #judge(scheduled: ScheduledPlay, host: string): Promise<readonly Judgement[]> {
    if (!this.#dirty) return judgementsOf(this.#survey, scheduled, host);
    const survey = await this.survey([scheduled], [host]);
    return judgementsOf(survey, scheduled, host);
  }

  #tellAsDesired(scheduled: ScheduledPlay, host: string, judgements: readonly Judgement[]): 'ok' {
    const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
    for (const judgement of judgements) {
      this.emit(judgementEvent(place, judgement, this.request.pitfalls));
    }
    return 'ok';
  }

  async #apply(
    scheduled: ScheduledPlay,
    host: string,
    hostPlay: HostPlay,
  ): Promise<'ok' | 'failed' | 'locked'> {
    this.#dirty = true;
    const ended = new Set<string>();
    const end = await this.#runWhenFree(host, hostPlay, this.#listener(scheduled, host, ended));
    if (end.kind === 'busy') {
      this.#locked(host, end.owner);
      return 'locked';
    }
    const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
    for (const task of hostPlay.tasks.filter(({ id }) => !ended.has(id))) {
      this.emit(skippedEvent(place, task));
    }
    if (end.kind === 'detached') {
      this.tally.interrupted(host);
      return 'ok';
    }
    for (const task of hostPlay.tasks) {
      const value = task.output === undefined ? undefined : end.outputs.get(task.output.name);
      if (task.output !== undefined && value !== undefined) this.takeOutput(host, task.output, value);
    }
    return end.ok ? 'ok' : 'failed';
  }

  /** Runs the play; when the host is still in the hands of a run whose controller is dead, waits for its end. */
  async #runWhenFree(host: string, hostPlay: HostPlay, listener: TaskListener): Promise<PlayEnd> {
    const deadline = Date.now() + ORPHAN_DEADLINE;
    const signals = { softStop: this.request.softStop, hardStop: this.request.hardStop };
    for (let told = false; ; ) {
      this.#sequence += 1;
      const folder = {
        run: this.request.run,
        sequence: this.#sequence,
        owner: JSON.stringify(thisOwner(this.request.run)),
      };
      const end = await runPlay(this.hosts.session(host), hostPlay, folder, listener, signals);
      if (end.kind !== 'busy' || !isOrphan(end.owner) || Date.now() > deadline) return end;
      if (!told) this.#tellOrphan(host, end.owner);
      told = true;
      await sleep(ORPHAN_POLL, undefined, { signal: this.request.hardStop });
    }
  }

  #listener(scheduled: ScheduledPlay, host: string, ended: Set<string>): TaskListener {
    const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
    const ref = (task: { id: string; title: string }) => ({ ...place, task: task.id, title: task.title });
    return {
      started: (task) => this.emit({ kind: 'task-start', time: Date.now(), ...ref(task) }),
      line: (task, line) => this.emit({ kind: 'task-output', time: Date.now(), line, ...ref(task) }),
      ended: (task, status, detail, seconds) => {
        ended.add(task.id);
        const lines = status === 'failed' ? (detail.output ?? '').split('\n') : [];
        const pitfall = matchPitfall(lines, this.request.pitfalls);
        this.emit(taskEnd(place, task, status, { ...detail, pitfall }, seconds));
      },
    };
  }
}

function isAsDesired(judgements: readonly Judgement[], hostPlay: HostPlay): boolean {
  return judgements.length === hostPlay.tasks.length && judgements.every(({ status }) => status === 'ok');
}

/** Which hosts work together, in order. */
function batches(hosts: readonly string[], order: 'all' | 'serial' | 'first-then-rest'): string[][] {
  if (order === 'serial') return hosts.map((host) => [host]);
  if (order === 'first-then-rest')
    return [hosts.slice(0, 1), hosts.slice(1)].filter(({ length }) => length > 0);
  return [[...hosts]];
}

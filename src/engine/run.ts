import { ProvisionError } from '../errors.js';
import { pendingElsewhere } from './elsewhere.js';
import type { RunEvent, RunMode } from './events.js';
import type { HostPlay } from './host-play.js';
import { type Judgement, type Look, look } from './look.js';
import { type PastLook, stillKnown, together, unknownOf } from './look-again.js';
import type { PlaybookContext } from './play.js';
import { RunHosts } from './run-hosts.js';
import type { RunRequest } from './run-request.js';
import { type PlannedTask, plannedTask } from './saved-plan.js';
import { type ScheduledPlay, schedule } from './schedule.js';
import { Tally } from './tally.js';
import { inParallel } from './work-pool.js';

/** What looking at the hosts gave: for each host its judgements, play by play in the order of the plays. */
export interface Survey {
  readonly plays: readonly ScheduledPlay[];
  readonly looks: ReadonlyMap<string, Look>;
}

/** One run of the program against its hosts; what plan, up and attach have in common. */
export class Run {
  readonly request: RunRequest;
  readonly hosts: RunHosts;
  readonly tally: Tally;
  /** Host name, then output name. */
  readonly outputs = new Map<string, Map<string, string>>();

  constructor(request: RunRequest) {
    this.request = request;
    this.hosts = new RunHosts(request, this.emit);
    this.tally = new Tally(this.hosts.selected().map((host) => host.name));
  }

  emit = (event: RunEvent): void => {
    this.tally.add(event);
    this.request.sink(event);
  };

  start(mode: RunMode): void {
    this.emit({
      kind: 'run-start',
      time: Date.now(),
      mode,
      run: this.request.run,
      cluster: this.request.inventory.cluster,
      hosts: this.hosts.selected().map((host) => host.name),
      stages: this.request.playbooks.map((playbook) => playbook.stage),
    });
  }

  notice(host: string | undefined, text: string): void {
    this.emit({ kind: 'notice', time: Date.now(), host, text });
  }

  context(): PlaybookContext {
    return { inventory: this.request.inventory, facts: this.hosts.facts, outputs: this.outputs };
  }

  /** Keeps what hosts hand on; secret values are made known to the masks first. */
  #takeOutputs(host: string, judgements: readonly Judgement[]): void {
    for (const { task, output } of judgements) {
      if (task.output !== undefined && output !== undefined) this.takeOutput(host, task.output, output);
    }
  }

  takeOutput(host: string, output: { readonly name: string; readonly secret: boolean }, value: string): void {
    if (output.secret) this.request.mask(value);
    const values = this.outputs.get(host) ?? new Map<string, string>();
    this.outputs.set(host, values.set(output.name, value));
  }

  plays(playbooks = this.request.playbooks): ScheduledPlay[] {
    return playbooks.flatMap((playbook) => schedule(playbook, this.context(), this.hosts.isSelected));
  }

  /**
   * Looks at everything. Hosts whose tasks hold outputs of others, or come after tasks of others, are looked at again once
   * the look itself has brought those; each pass settles at least one more play, so there are no more passes than plays.
   */
  async surveyAll(): Promise<Survey> {
    let survey: Survey = { plays: this.plays(), looks: new Map() };
    const asked = new Map<string, string>();
    const past = new Map<string, PastLook>();
    for (let pass = 0; pass <= survey.plays.length; pass += 1) {
      const plays = this.plays();
      const before = survey.looks;
      const elsewhere = (host: string): readonly string[] => pendingElsewhere(plays, before, host);
      const question = (host: string): string => JSON.stringify([tasksOf(plays, host), elsewhere(host)]);
      const due = this.#inRun().filter((host) => question(host) !== asked.get(host));
      // What an apply holds may be new although no check asks anything else.
      if (due.length === 0) return { plays, looks: before };
      for (const host of due) asked.set(host, question(host));
      const { looks } = await this.survey(plays, due, elsewhere, (host) => past.get(host));
      for (const [host, seen] of looks) past.set(host, { plays: playsOf(plays, host), look: seen });
      survey = { plays, looks: new Map([...before, ...looks]) };
    }
    return survey;
  }

  /** Looks at every task of some plays on some hosts: one round trip a host. */
  async survey(
    plays: readonly ScheduledPlay[],
    hosts: readonly string[],
    elsewhere: (host: string) => readonly string[] = () => [],
    past: (host: string) => PastLook | undefined = () => undefined,
  ): Promise<Survey> {
    const looks = new Map<string, Look>();
    await inParallel(hosts, this.request.forks, async (name) => {
      const hostPlays = playsOf(plays, name);
      if (hostPlays.length === 0) return;
      const known = stillKnown(hostPlays, past(name));
      const seen = await this.#lookAt(name, unknownOf(hostPlays, known), elsewhere(name));
      if (seen !== undefined) looks.set(name, together(known, seen));
    });
    return { plays, looks };
  }

  /** A host that cannot be looked at leaves the run; the others go on. */
  async #lookAt(
    name: string,
    plays: readonly HostPlay[],
    elsewhere: readonly string[],
  ): Promise<Look | undefined> {
    try {
      const seen = await look(this.hosts.session(name), plays, this.request.hardStop, elsewhere);
      for (const judgements of seen.judgements) this.#takeOutputs(name, judgements);
      return seen;
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      this.hosts.leave(name);
      this.emit({ kind: 'unreachable', time: Date.now(), host: name, error });
      return undefined;
    }
  }

  #inRun(): string[] {
    const selected = this.hosts.selected().map((host) => host.name);
    return selected.filter((name) => this.hosts.isIn(name));
  }
}

function playsOf(plays: readonly ScheduledPlay[], host: string): readonly HostPlay[] {
  return plays.flatMap(({ hosts }) => hosts.get(host) ?? []);
}

/** All that a look at a host asks. */
function tasksOf(plays: readonly ScheduledPlay[], host: string): unknown {
  return playsOf(plays, host).map(({ play, secrets, tasks }) => [
    play,
    secrets,
    tasks.map(({ check }) => check.source),
  ]);
}

/** A host's judgements of one play of a survey. */
export function judgementsOf(survey: Survey, play: ScheduledPlay, host: string): readonly Judgement[] {
  const index = survey.plays.filter(({ hosts }) => hosts.has(host)).indexOf(play);
  return survey.looks.get(host)?.judgements[index] ?? [];
}

/** Everything that a survey saw, as a plan that can be saved or compared. */
export function plannedTasks(survey: Survey): PlannedTask[] {
  return survey.plays.flatMap((scheduled) =>
    [...scheduled.hosts.keys()].flatMap((host) => {
      const place = { stage: scheduled.playbook.stage, play: scheduled.play.id, host };
      return judgementsOf(survey, scheduled, host).map((judgement) => plannedTask(place, judgement));
    }),
  );
}

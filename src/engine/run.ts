import { ProvisionError } from '../errors.js';
import type { RunEvent } from './events.js';
import type { HostPlay } from './host-play.js';
import { type Judgement, type Look, look } from './look.js';
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

  start(mode: 'plan' | 'up'): void {
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
   * Looks at everything. Plays whose tasks hold outputs of earlier plays are looked at again once the look itself has
   * brought those outputs; each pass settles at least one more play, so there are no more passes than plays.
   */
  async surveyAll(): Promise<Survey> {
    let survey = await this.survey(this.plays());
    for (let pass = 0; pass < survey.plays.length && this.outputs.size > 0; pass += 1) {
      const plays = this.plays();
      if (scriptsOf(plays) === scriptsOf(survey.plays)) break;
      survey = await this.survey(plays);
    }
    return survey;
  }

  /** Looks at every task of some plays on hosts that are still in the run: one round trip a host. */
  async survey(plays: readonly ScheduledPlay[], hosts = this.#inRun()): Promise<Survey> {
    const looks = new Map<string, Look>();
    await inParallel(hosts, this.request.forks, async (name) => {
      const hostPlays = plays.flatMap(({ hosts: byHost }) => byHost.get(name) ?? []);
      if (hostPlays.length === 0) return;
      const seen = await this.#lookAt(name, hostPlays);
      if (seen !== undefined) looks.set(name, seen);
    });
    return { plays, looks };
  }

  /** A host that cannot be looked at leaves the run; the others go on. */
  async #lookAt(name: string, plays: readonly HostPlay[]): Promise<Look | undefined> {
    try {
      const seen = await look(this.hosts.session(name), plays, this.request.hardStop);
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

function scriptsOf(plays: readonly ScheduledPlay[]): string {
  return plays
    .flatMap(({ hosts }) =>
      [...hosts.values()].flatMap(({ tasks }) => tasks.map((task) => task.check.source)),
    )
    .join('\0');
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

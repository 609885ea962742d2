import { RunHosts } from '../engine/run-hosts.js';
import type { RunRequest } from '../engine/run-request.js';
import { inParallel } from '../engine/work-pool.js';
import { ProvisionError } from '../errors.js';
import { type Answer, parseAnswers } from './examine.js';

/** Milliseconds: each question has a limit of its own, and few of them take a second. */
const TIMEOUT = 600_000;

/** By host name; a host that was asked nothing is absent. */
export type Answers = ReadonlyMap<string, readonly Answer[]>;

export interface HostsAsked {
  /** One for each round. */
  readonly rounds: readonly Answers[];
  readonly errors: ReadonlyMap<string, ProvisionError>;
}

/** The programs for a host in this round, which run side by side and may depend on what all hosts answered before. Without any it is not asked. */
export type Round = (host: string, before: readonly Answers[]) => readonly string[];

/** Told who has not answered yet, whenever that changes. */
export type Waiting = (hosts: readonly string[]) => void;

/**
 * Asks hosts in rounds, all at once in each. A host that cannot be reached is left out.
 * @param mask takes secrets out of what was answered
 */
export function askHosts(
  request: RunRequest,
  mask: (text: string) => string,
  rounds: readonly Round[],
  waiting: Waiting = () => undefined,
): Promise<HostsAsked> {
  return new Asking(request, mask, waiting).inRounds(rounds);
}

class Asking {
  readonly #request: RunRequest;
  readonly #mask: (text: string) => string;
  readonly #waiting: Waiting;
  readonly #hosts: RunHosts;
  readonly #errors = new Map<string, ProvisionError>();
  /** Hosts that have not answered yet. */
  #left: readonly string[] = [];

  constructor(request: RunRequest, mask: (text: string) => string, waiting: Waiting) {
    this.#request = request;
    this.#mask = mask;
    this.#waiting = waiting;
    this.#hosts = new RunHosts(request, (event) => {
      if (event.kind === 'unreachable') this.#errors.set(event.host, event.error);
    });
  }

  async inRounds(rounds: readonly Round[]): Promise<HostsAsked> {
    const answers: Answers[] = [];
    try {
      this.#waitFor(this.#hosts.selected().map(({ name }) => name));
      await this.#hosts.connect(async () => undefined);
      for (const round of rounds) answers.push(await this.#askAll(round, answers));
    } finally {
      this.#waitFor([]);
      await this.#hosts.close();
    }
    return { rounds: answers, errors: this.#errors };
  }

  async #askAll(round: Round, before: readonly Answers[]): Promise<Answers> {
    const asked = this.#hosts
      .selected()
      .map(({ name }) => ({ name, programs: this.#hosts.isIn(name) ? round(name, before) : [] }))
      .filter(({ programs }) => programs.length > 0);
    this.#waitFor(asked.map(({ name }) => name));
    const own = await inParallel(asked, this.#request.forks, async ({ name, programs }) => {
      const answers = await this.#ask(name, programs);
      this.#waitFor(this.#left.filter((each) => each !== name));
      return answers === undefined ? [] : [[name, answers] as const];
    });
    return new Map(own.flat());
  }

  async #ask(name: string, programs: readonly string[]): Promise<readonly Answer[] | undefined> {
    const options = { signal: this.#request.hardStop, timeout: TIMEOUT };
    try {
      const results = await this.#hosts
        .session(name)
        .use((connection) => Promise.all(programs.map((program) => connection.execRoot(program, options))));
      return results.flatMap(({ stdout }) => parseAnswers(this.#mask(stdout.toString('utf8'))));
    } catch (error) {
      if (!(error instanceof ProvisionError)) throw error;
      this.#errors.set(name, error);
      return undefined;
    }
  }

  #waitFor(hosts: readonly string[]): void {
    this.#left = hosts;
    this.#waiting(hosts);
  }
}

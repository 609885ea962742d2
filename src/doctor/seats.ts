import { type Answer, type Answers, parseAnswers } from './examine.js';

/** Can a host that says this ask the cluster of each of these stages as its administrator, and does the cluster answer? */
function canAsk(answers: readonly Answer[], stages: readonly string[]): boolean {
  return stages.every((stage) =>
    answers.some(({ kind, name, code }) => kind === 'access' && name === stage && code === 0),
  );
}

/** The first host, in the order of the inventory, that can; undefined when none does. */
export function seatFor(hosts: Answers, stages: readonly string[]): string | undefined {
  return [...hosts].find(([, answers]) => canAsk(answers, stages))?.[0];
}

/** The same while hosts still answer: what they have access to comes first of what they say. */
export class SeatCall {
  /** In the order of the inventory. */
  readonly #hosts: ReadonlyMap<string, Access>;
  /** Woken by the next thing that a host says. */
  readonly #waiting: (() => void)[] = [];

  constructor(hosts: readonly string[]) {
    this.#hosts = new Map(hosts.map((name) => [name, { answers: [], isComplete: false }]));
  }

  /** @param printed all that the host has printed so far */
  hear(host: string, printed: string): void {
    const access = this.#hosts.get(host);
    if (access === undefined || access.isComplete) return;
    this.#note(access, parseAnswers(printed), /^(?:probe|log) /m.test(printed));
  }

  /** @param answers those to all that is asked of access */
  tell(host: string, answers: readonly Answer[]): void {
    const access = this.#hosts.get(host);
    if (access !== undefined) this.#note(access, answers, true);
  }

  /** Waits only for as many hosts as it must, and for what they say of these stages. */
  async first(stages: readonly string[]): Promise<string | undefined> {
    for (const [host, access] of this.#hosts) {
      while (!access.isComplete && !hasSaid(access.answers, stages)) await this.#news();
      if (canAsk(access.answers, stages)) return host;
    }
    return undefined;
  }

  #note(access: Access, answers: readonly Answer[], isComplete: boolean): void {
    access.answers = answers;
    access.isComplete = isComplete;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

/** What a host has said of its access so far. */
interface Access {
  answers: readonly Answer[];
  isComplete: boolean;
}

function hasSaid(answers: readonly Answer[], stages: readonly string[]): boolean {
  return stages.every((stage) => answers.some(({ kind, name }) => kind === 'access' && name === stage));
}

/** Hosts that should be able to ask the cluster of a stage and get no answer, with what they were told. */
export function silentSeats(
  hosts: Answers,
  stage: string,
): readonly { readonly host: string; readonly lines: readonly string[] }[] {
  return [...hosts].flatMap(([host, answers]) =>
    answers
      .filter(({ kind, name, code }) => kind === 'access' && name === stage && code > 1)
      .map(({ lines }) => ({ host, lines })),
  );
}

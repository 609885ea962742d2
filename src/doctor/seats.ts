import type { Answers } from './ask-hosts.js';
import { type Answer, parseAnswers } from './examine.js';

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
  readonly #hosts: ReadonlyMap<string, Deferred<readonly Answer[]>>;

  constructor(hosts: readonly string[]) {
    this.#hosts = new Map(hosts.map((name) => [name, new Deferred()]));
  }

  /** @param printed all that the host has printed so far */
  hear(host: string, printed: string): void {
    if (this.#hosts.get(host)?.isSettled !== false) return;
    if (/^(?:probe|log) /m.test(printed)) this.tell(host, parseAnswers(printed));
  }

  /** @param answers those to all that is asked of access */
  tell(host: string, answers: readonly Answer[]): void {
    this.#hosts.get(host)?.resolve(answers);
  }

  /** Waits only for as many hosts as it must. */
  async first(stages: readonly string[]): Promise<string | undefined> {
    for (const [host, { promise }] of this.#hosts) {
      if (canAsk(await promise, stages)) return host;
    }
    return undefined;
  }
}

/** What somebody will say once. */
class Deferred<Value> {
  isSettled = false;
  readonly promise: Promise<Value>;
  #resolve: (value: Value) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  resolve(value: Value): void {
    this.isSettled = true;
    this.#resolve(value);
  }
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

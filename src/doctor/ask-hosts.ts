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

/** The program for a host in this round, which may depend on what all hosts answered before; undefined: it is not asked. */
export type Round = (host: string, before: readonly Answers[]) => string | undefined;

/**
 * Asks hosts in rounds, all at once in each. A host that cannot be reached is left out.
 * @param mask takes secrets out of what was answered
 */
export async function askHosts(
  request: RunRequest,
  mask: (text: string) => string,
  rounds: readonly Round[],
): Promise<HostsAsked> {
  const errors = new Map<string, ProvisionError>();
  const hosts = new RunHosts(request, (event) => {
    if (event.kind === 'unreachable') errors.set(event.host, event.error);
  });
  const answers: Answers[] = [];
  try {
    await hosts.connect(async () => undefined);
    const there = hosts.selected().filter(({ name }) => hosts.isIn(name));
    for (const round of rounds) {
      const before = [...answers];
      const own = await inParallel(there, request.forks, async ({ name }) => {
        const program = round(name, before);
        if (program === undefined) return [];
        const options = { signal: request.hardStop, timeout: TIMEOUT };
        try {
          const result = await hosts.session(name).use((connection) => connection.execRoot(program, options));
          return [[name, parseAnswers(mask(result.stdout.toString('utf8')))] as const];
        } catch (error) {
          if (!(error instanceof ProvisionError)) throw error;
          errors.set(name, error);
          return [];
        }
      });
      answers.push(new Map(own.flat()));
    }
  } finally {
    await hosts.close();
  }
  return { rounds: answers, errors };
}

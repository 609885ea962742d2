import type { Answers } from './ask-hosts.js';

/** Can this host ask the cluster of each of these stages as its administrator, and does the cluster answer? */
function canAsk(hosts: Answers, host: string, stages: readonly string[]): boolean {
  const answers = hosts.get(host) ?? [];
  return stages.every((stage) =>
    answers.some(({ kind, name, code }) => kind === 'access' && name === stage && code === 0),
  );
}

/** The first host, in the order of the inventory, that can; undefined when none does. */
export function seatFor(hosts: Answers, stages: readonly string[]): string | undefined {
  return [...hosts.keys()].find((host) => canAsk(hosts, host, stages));
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

import type { RunRequest } from '../engine/run-request.js';
import type { ProvisionError } from '../errors.js';
import type { CommandStep } from '../pitfalls/pitfall.js';
import { askHosts } from './ask-hosts.js';
import { type Answer, examination } from './examine.js';

/** A command that would cure, as the host's own look at itself proposes it. */
export interface Proposal {
  readonly title: string;
  /** One line of shell. */
  readonly command: string;
}

/** What a step comes to on one host. */
export interface Prescription {
  readonly host: string;
  readonly proposals: readonly Proposal[];
  /** Why something must not be done. */
  readonly refusals: readonly string[];
}

export interface Prescribed {
  readonly prescriptions: readonly Prescription[];
  readonly errors: ReadonlyMap<string, ProvisionError>;
}

/** Lets hosts propose the commands of a step. Changes nothing. @param words "$@" of the step's script */
export async function prescribe(
  request: RunRequest,
  mask: (text: string) => string,
  {
    id,
    step,
    hosts,
    words,
  }: { id: string; step: CommandStep; hosts: readonly string[]; words: readonly string[] },
): Promise<Prescribed> {
  const program = examination([{ kind: 'cure', name: id, script: step.commands, words }]);
  const asked = await askHosts(request, mask, {
    program: (host) => (hosts.includes(host) ? program : undefined),
  });
  return {
    prescriptions: [...asked.hosts].map(([host, [answer]]) => ({ host, ...readProposals(answer) })),
    errors: asked.errors,
  };
}

/** From the lines of cure.sh; a script that fails has its last line for a refusal. */
export function readProposals(answer: Answer | undefined): Omit<Prescription, 'host'> {
  if (answer === undefined) return { proposals: [], refusals: ['the host gave no answer'] };
  const fields = answer.lines.map((line) => line.split('\t'));
  const failed = answer.code === 0 ? [] : [answer.lines.at(-1) ?? `ended with ${answer.code}`];
  return {
    proposals: fields.flatMap(([word, title, command]) =>
      word === 'propose' && title !== undefined && command !== undefined ? [{ title, command }] : [],
    ),
    refusals: [
      ...fields.flatMap(([word, why]) => (word === 'refuse' && why !== undefined ? [why] : [])),
      ...failed,
    ],
  };
}

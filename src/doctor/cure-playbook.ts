import { readFileSync } from 'node:fs';
import type { Playbook } from '../engine/play.js';
import type { Task } from '../engine/task.js';
import type { Host } from '../inventory/inventory.js';
import type { CommandStep, Pitfall } from '../pitfalls/pitfall.js';
import { lines, rawScript, sh } from '../shell/script.js';
import type { Prescription, Proposal } from './prescription.js';

const FUNCTIONS = rawScript(
  ['./cure.sh', './cure-task.sh']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n'),
);
/** Seconds; a node is drained within it. */
const APPLY = 600;
const CHECK = 60;

/** The commands that hosts proposed, as a playbook: each is a task whose check lets the host look once more whether it is still to be run. */
export function curePlaybook(
  pitfall: Pitfall,
  step: CommandStep,
  prescriptions: readonly Prescription[],
  words: readonly string[],
): Playbook {
  const proposals = (host: Host): readonly Proposal[] =>
    prescriptions.find((each) => each.host === host.name)?.proposals ?? [];
  return {
    stage: pitfall.stage,
    title: pitfall.title,
    needs: [],
    hosts: ({ hosts }) => hosts.filter((host) => proposals(host).length > 0),
    plays: ({ inventory }) => [
      {
        id: `fix-${pitfall.id}`,
        title: step.title,
        hosts: inventory.hosts.filter((host) => proposals(host).length > 0),
        tasks: (host) =>
          proposals(host).map((proposal, index) => cureTask(pitfall, step, words, proposal, index)),
      },
    ],
    pitfalls: [pitfall],
  };
}

function cureTask(
  { id }: Pitfall,
  step: CommandStep,
  words: readonly string[],
  { title, command }: Proposal,
  index: number,
): Task {
  return {
    id: `fix-${id}-${index + 1}`,
    title,
    timeout: { check: CHECK, apply: APPLY },
    check: lines(FUNCTIONS, sh`check_cure ${[command, step.commands.source, ...words]}`),
    apply: sh`sh -c ${command}`,
  };
}

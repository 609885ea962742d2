import { setTimeout as sleep } from 'node:timers/promises';
import type { RunRequest } from '../engine/run-request.js';
import { ExitCode } from '../errors.js';
import type { CommandStep, CureStep, Pitfall } from '../pitfalls/pitfall.js';
import { count } from '../report/sentences.js';
import { curePlaybook } from './cure-playbook.js';
import { diagnosisText, findingLines } from './diagnosis-text.js';
import { type Examined, examinePlatform, type Scope } from './examine-platform.js';
import { CLUSTER, diagnose, type Diagnosis, type Finding } from './findings.js';
import { type Prescription, prescribe } from './prescription.js';
import { seatFor } from './seats.js';

/** How a fix looks at hosts, asks the operator, and changes something. */
export interface FixTools {
  readonly request: RunRequest;
  readonly mask: (text: string) => string;
  readonly scope: Omit<Scope, 'pitfalls'>;
  readonly say: (lines: readonly string[]) => void;
  /** @throws ProvisionError DECLINED or CONFIRM_NEEDED when it is not agreed to. */
  readonly agree: (question: string) => Promise<void>;
  /** An ordinary run of a stage, which shows its plan and asks. Gives the exit code. */
  readonly runStage: (stage: string) => Promise<number>;
  /** Milliseconds after a cure until its success must show, and between two looks at it. */
  readonly settle: { readonly for: number; readonly every: number };
  /** An ordinary run of commands that were agreed to, on these hosts. Gives the exit code. */
  readonly runCommands: (
    playbook: ReturnType<typeof curePlaybook>,
    hosts: readonly string[],
  ) => Promise<number>;
}

/** Cures one pitfall, step by step, and looks whether it is gone. Gives the exit code. */
export async function fix(pitfall: Pitfall, tools: FixTools): Promise<number> {
  const found = await look(pitfall, tools);
  const [finding] = found.diagnosis.findings;
  if (finding === undefined) return tellAbsent(pitfall, found, tools);
  tools.say([...findingLines(finding), '']);
  const { cure } = pitfall.remedy;
  if (cure === undefined) {
    tools.say(['This is for you to do by the steps above: the program does not do it by itself.']);
    return ExitCode.failed;
  }
  const ends: StepEnd[] = [];
  for (const [index, step] of cure.entries()) {
    const end = await take(step, `Step ${index + 1} of ${cure.length}`, finding, found.examined, tools);
    if (end.code !== ExitCode.done) return end.code;
    ends.push(end);
  }
  // What was refused may have become well by what else was done; where nothing was done there is nothing to wait for.
  if (ends.some(({ refused }) => refused) && !ends.some(({ ran }) => ran)) return ExitCode.failed;
  return proveGone(pitfall, tools);
}

interface StepEnd {
  readonly code: number;
  /** Something was run. */
  readonly ran: boolean;
  /** Something would do harm and was left. */
  readonly refused: boolean;
}

const NOTHING: StepEnd = { code: ExitCode.done, ran: false, refused: false };

interface Look {
  readonly examined: Examined;
  readonly diagnosis: Diagnosis;
}

async function look(pitfall: Pitfall, { request, mask, scope }: FixTools): Promise<Look> {
  const examined = await examinePlatform(request, mask, { ...scope, pitfalls: [pitfall] });
  return { examined, diagnosis: diagnose(examined, [pitfall]) };
}

function tellAbsent({ id }: Pitfall, { examined, diagnosis }: Look, { say }: FixTools): number {
  const sure = diagnosis.well.includes(id) && examined.errors.size === 0;
  say(
    sure
      ? [`${id} does not show on these hosts: there is nothing to do.`]
      : diagnosisText(diagnosis, examined.hosts.size),
  );
  return sure ? ExitCode.done : ExitCode.failed;
}

async function take(
  step: CureStep,
  head: string,
  finding: Finding,
  examined: Examined,
  tools: FixTools,
): Promise<StepEnd> {
  if ('commands' in step) return takeCommands(step, head, finding, examined, tools);
  tools.say([`${head}: provision stage ${step.stage}`]);
  return { ...NOTHING, code: await tools.runStage(step.stage), ran: true };
}

async function takeCommands(
  step: CommandStep,
  head: string,
  finding: Finding,
  examined: Examined,
  tools: FixTools,
): Promise<StepEnd> {
  const { pitfall } = finding;
  const showing = hostsShowing(finding);
  const hosts = step.at === 'hosts' ? showing : seatOf(pitfall, examined);
  // What the cluster alone tells of has nothing to be done on a host.
  if (step.at === 'hosts' && hosts.length === 0) return NOTHING;
  tools.say([`${head}: ${step.title}`]);
  if (hosts.length === 0) {
    tools.say([
      'No host of this run can ask the cluster. Leave out --host, or see "provision doctor" for why it does not answer.',
    ]);
    return { ...NOTHING, code: ExitCode.failed };
  }
  const request = { id: pitfall.id, step, hosts, words: showing };
  const { prescriptions, errors } = await prescribe(tools.request, tools.mask, request);
  const proposed = prescriptions.filter(({ proposals }) => proposals.length > 0);
  tools.say(prescriptionLines(prescriptions));
  const [error] = errors.values();
  if (error !== undefined) return { ...NOTHING, code: error.exitCode };
  const refused = prescriptions.some(({ refusals }) => refusals.length > 0);
  if (proposed.length === 0) return { ...NOTHING, refused };
  const commands = proposed.reduce((sum, { proposals }) => sum + proposals.length, 0);
  await tools.agree(`Run ${count(commands, 'command')} on ${proposed.map(({ host }) => host).join(', ')}?`);
  const playbook = curePlaybook(pitfall, step, proposed, showing);
  const code = await tools.runCommands(
    playbook,
    proposed.map(({ host }) => host),
  );
  return { code, ran: true, refused };
}

/** The hosts that themselves show it; one that told of the whole cluster is not meant. */
function hostsShowing({ evidence }: Finding): readonly string[] {
  return [...new Set(evidence.filter(({ where }) => where !== CLUSTER).map(({ host }) => host))];
}

function seatOf({ clusterProbe }: Pitfall, { hosts }: Examined): readonly string[] {
  const seat = seatFor(hosts, clusterProbe?.asks ?? ['kubernetes']);
  return seat === undefined ? [] : [seat];
}

function prescriptionLines(prescriptions: readonly Prescription[]): string[] {
  const lines = prescriptions.flatMap(({ host, proposals, refusals }) => [
    ...proposals.flatMap(({ title, command }) => [`  ${host}: ${title}`, `    ${command}`]),
    ...refusals.map((why) => `  ${host}: not done: ${why}`),
  ]);
  return lines.length > 0 ? lines : ['  Nothing is left to be run.'];
}

/** Looks until it no longer shows: what starts anew takes a while to be well. */
async function proveGone(pitfall: Pitfall, tools: FixTools): Promise<number> {
  const end = Date.now() + tools.settle.for;
  for (;;) {
    const { diagnosis, examined } = await look(pitfall, tools);
    if (diagnosis.well.includes(pitfall.id) && examined.errors.size === 0) {
      tools.say([`${pitfall.id} no longer shows.`]);
      return ExitCode.done;
    }
    const left = end - Date.now();
    if (left <= 0 || tools.request.softStop.aborted) {
      tools.say([...diagnosisText(diagnosis, examined.hosts.size), `${pitfall.id} still shows.`]);
      return ExitCode.failed;
    }
    tools.say([`${pitfall.id} still shows; looking again for ${Math.ceil(left / 1000)} s`]);
    await sleep(tools.settle.every);
  }
}

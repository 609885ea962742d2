import { ExitCode, ProvisionError } from '../../errors.js';
import type { Pitfall } from '../../pitfalls/pitfall.js';
import type { Answer } from '../../doctor/examine.js';
import type { Arguments, Command } from '../command.js';
import {
  ACCEPT_KEYS_OPTION,
  FORKS_OPTION,
  HOST_OPTION,
  INVENTORY_ARGUMENT,
  STAGE_OPTION,
} from '../common-options.js';

/** Milliseconds: each probe has a limit of its own, and few of them take a second. */
const TIMEOUT = 600_000;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Find out which documented pitfalls show on the hosts.',
  description:
    'Looks for each pitfall by a probe on every host, and for its traces in the logs of the services. Changes nothing. What a log tells counts only where no probe can tell how it is now. The exit code is 1 when something was found.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    STAGE_OPTION,
    HOST_OPTION,
    { name: 'since', value: 'HOURS', description: 'how far back logs are read, such as 24h', default: '24h' },
    {
      name: 'output',
      value: 'FORMAT',
      description: 'plain, or json: a line a finding',
      choices: ['plain', 'json'],
      default: 'plain',
    },
    FORKS_OPTION,
    ACCEPT_KEYS_OPTION,
  ],
  examples: [
    { command: 'provision doctor inventory.yaml', explanation: 'everything, on all hosts' },
    { command: 'provision doctor --stage network --host node2', explanation: 'of one stage, on one host' },
  ],
  handler: async (args, context) => {
    const [{ gatherAll }, { openRun }, { printHostErrors }, { linePrinter }, doctor, { diagnose }, texts] =
      await Promise.all([
        import('../../engine/gather-all.js'),
        import('../open-run.js'),
        import('../print-host-errors.js'),
        import('../../report/line-printer.js'),
        import('../../doctor/examine.js'),
        import('../../doctor/findings.js'),
        import('../../doctor/diagnosis-text.js'),
      ]);
    const hours = hoursOf(args);
    const run = await openRun(args, context, { mode: 'look' });
    const playbooks = run.request.playbooks.filter(({ hosts }) => hosts(run.inventory).length > 0);
    const pitfallsOf = (name: string): readonly Pitfall[] =>
      playbooks
        .filter(({ hosts }) => hosts(run.inventory).some((host) => host.name === name))
        .flatMap(({ pitfalls }) => pitfalls);
    const answers = new Map<string, readonly Answer[]>();
    const { errors } = await gatherAll(run.request, async (name, connection) => {
      const program = doctor.examination(pitfallsOf(name), hours);
      const { stdout } = await connection.execRoot(program, {
        signal: run.request.hardStop,
        timeout: TIMEOUT,
      });
      answers.set(name, doctor.parseAnswers(run.masker.mask(stdout.toString('utf8'))));
    });
    const diagnosis = diagnose(
      answers,
      playbooks.flatMap(({ pitfalls }) => pitfalls),
    );
    if (args.text('output') === 'json') {
      for (const { pitfall, evidence } of diagnosis.findings) {
        const { id, stage, meaning, remedy } = pitfall;
        context.stdout.write(
          `${JSON.stringify({ type: 'finding', id, stage, meaning, remedy, evidence })}\n`,
        );
      }
      const { findings, past, well, unclear } = diagnosis;
      const idsOf = (list: typeof findings): string[] => list.map(({ pitfall }) => pitfall.id);
      const summary = { type: 'summary', found: idsOf(findings), past: idsOf(past), well, unclear };
      context.stdout.write(`${JSON.stringify(summary)}\n`);
    } else {
      linePrinter(context.stdout)(texts.diagnosisText(diagnosis, answers.size));
    }
    printHostErrors(errors, run.masker, context.stderr);
    if (diagnosis.findings.length > 0) return ExitCode.failed;
    return [...errors.values()][0]?.exitCode ?? ExitCode.done;
  },
};

function hoursOf(args: Arguments): number {
  const text = args.text('since') ?? '24h';
  const [, count, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new ProvisionError('SINCE_INVALID', `"${text}" is not a time such as 24h or 7d.`, {
      exitCode: ExitCode.usage,
    });
  }
  return Number(count) * (unit === 'd' ? 24 : 1);
}

import type { Diagnosis, Finding } from '../../doctor/findings.js';
import type { Scope } from '../../doctor/examine-platform.js';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Pitfall } from '../../pitfalls/pitfall.js';
import type { Arguments, Command } from '../command.js';
import {
  ACCEPT_KEYS_OPTION,
  FORKS_OPTION,
  HOST_OPTION,
  INVENTORY_ARGUMENT,
  STAGE_OPTION,
  YES_OPTION,
} from '../common-options.js';
import type { Context, Output } from '../context.js';

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Find out which documented pitfalls show on the hosts, and cure one.',
  description:
    'Looks for each pitfall by a probe on every host, asks the clusters once, and reads the logs of the services and the events of Kubernetes for traces. Changes nothing without --fix. What a log tells counts only where no probe can tell how it is now. The exit code is 1 when something was found.',
  arguments: [INVENTORY_ARGUMENT],
  options: [
    STAGE_OPTION,
    HOST_OPTION,
    { name: 'since', value: 'HOURS', description: 'how far back logs are read, such as 24h', default: '24h' },
    {
      name: 'fix',
      value: 'ID',
      description: 'cure this pitfall: shows the exact commands, asks, runs them, and looks again',
    },
    { ...YES_OPTION, description: 'do not ask before --fix changes something' },
    {
      name: 'output',
      value: 'FORMAT',
      description: 'plain, or json: a line a finding, and with --fix a line an event',
      choices: ['plain', 'json'],
      complete: { words: ['plain', 'json'] },
    },
    FORKS_OPTION,
    ACCEPT_KEYS_OPTION,
  ],
  examples: [
    { command: 'provision doctor inventory.yaml', explanation: 'everything, on all hosts' },
    { command: 'provision doctor --stage network --host node2', explanation: 'of one stage, on one host' },
    {
      command: 'provision doctor --fix cni-ip-exhausted',
      explanation: 'let go of addresses of containers that are gone, after showing which',
    },
  ],
  handler: async (args, context) => {
    const id = args.text('fix');
    if (id !== undefined) {
      const { runFix } = await import('../run-fix.js');
      return runFix(id, args, context);
    }
    return examine(args, context);
  },
};

async function examine(args: Arguments, context: Context): Promise<number> {
  const [{ openRun }, { printHostErrors }, { WaitingLine }, { examinePlatform }, { diagnose }] =
    await Promise.all([
      import('../open-run.js'),
      import('../print-host-errors.js'),
      import('../../report/waiting-line.js'),
      import('../../doctor/examine-platform.js'),
      import('../../doctor/findings.js'),
    ]);
  const logs = hoursOf(args);
  const run = await openRun(args, context, { mode: 'look' });
  const scope = await scopeOf(args, logs, context);
  const examined = await examinePlatform(
    run.request,
    (text) => run.masker.mask(text),
    scope,
    new WaitingLine(context.stderr).update,
  );
  const { errors } = examined;
  const diagnosis = diagnose(examined, scope.pitfalls);
  await print(diagnosis, examined.hosts.size, args, context.stdout);
  printHostErrors(errors, run.masker, context.stderr);
  if (diagnosis.findings.length > 0) return ExitCode.failed;
  return [...errors.values()][0]?.exitCode ?? ExitCode.done;
}

/** All pitfalls, or those of the stages that were chosen. */
async function scopeOf(args: Arguments, logs: number, { env }: Context): Promise<Scope> {
  const [{ playbooks }, { catalogue }] = await Promise.all([
    import('../../../playbooks/index.js'),
    import('../../pitfalls/catalogue.js'),
  ]);
  const stages = args.list('stage');
  const isChosen = ({ stage }: Pitfall): boolean => stages.length === 0 || stages.includes(stage);
  return { playbooks, pitfalls: catalogue.filter(isChosen), logs, env };
}

async function print(diagnosis: Diagnosis, hosts: number, args: Arguments, output: Output): Promise<void> {
  if (args.text('output') === 'json') {
    output.write(jsonLines(diagnosis).join(''));
    return;
  }
  const [{ diagnosisText }, { linePrinter }] = await Promise.all([
    import('../../doctor/diagnosis-text.js'),
    import('../../report/line-printer.js'),
  ]);
  linePrinter(output)(diagnosisText(diagnosis, hosts));
}

function jsonLines({ findings, past, well, unclear, unasked }: Diagnosis): string[] {
  const idsOf = (list: readonly Finding[]): string[] => list.map(({ pitfall }) => pitfall.id);
  const summary = { type: 'summary', found: idsOf(findings), past: idsOf(past), well, unclear, unasked };
  const found = findings.map(({ pitfall, evidence }) => {
    const { id, stage, title, meaning, remedy } = pitfall;
    const { kind, risk, steps, cure } = remedy;
    return {
      type: 'finding',
      id,
      stage,
      title,
      meaning,
      remedy: { kind, risk, steps, fix: cure !== undefined },
      evidence,
    };
  });
  return [...found, summary].map((line) => `${JSON.stringify(line)}\n`);
}

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

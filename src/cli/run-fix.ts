import type { FixTools } from '../doctor/fix.js';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Pitfall } from '../pitfalls/pitfall.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';
import { openRun } from './open-run.js';
import { change, runUp } from './run-up.js';
import { withLists } from './with-lists.js';

/** `provision doctor --fix ID`: what it looks at and changes goes by ordinary looks and runs. */
export async function runFix(id: string, args: Arguments, context: Context): Promise<number> {
  const [{ fix }, { linePrinter }, { playbooks }] = await Promise.all([
    import('../doctor/fix.js'),
    import('../report/line-printer.js'),
    import('../../playbooks/index.js'),
  ]);
  const pitfall = await knownPitfall(id);
  // The pitfall says which stages: an option --stage is of the examination alone.
  const whole = withLists(args, { stage: [] });
  const look = await openRun(whole, context, { mode: 'look' });
  // Events of the runs go to standard output, so what stands between them goes where questions go.
  const say = linePrinter(context.stderr);
  const tools: FixTools = {
    request: look.request,
    mask: (text) => look.masker.mask(text),
    scope: { playbooks, logs: pitfall.noProbe === undefined ? undefined : LOG_HOURS, env: context.env },
    say,
    settle: SETTLE,
    agree: (question) => agree(question, args, context),
    runStage: (stage) => runUp(whole, context, undefined, [stage]),
    runCommands: async (playbook, hosts) => {
      const run = await openRun(withLists(whole, { host: hosts }), context, { mode: 'up' });
      const request = { ...run.request, playbooks: [playbook] };
      return change({ ...run, request }, args, context, {});
    },
  };
  return fix(pitfall, tools);
}

/** Milliseconds: daemons that start anew are well within a minute. */
const SETTLE = { for: 90_000, every: 3_000 };

/** Hours of logs that are read for a pitfall that only they can tell of. */
const LOG_HOURS = 1;

async function knownPitfall(id: string): Promise<Pitfall> {
  const [{ findPitfall }, { unknownPitfall }] = await Promise.all([
    import('../pitfalls/catalogue.js'),
    import('../pitfalls/unknown-pitfall.js'),
  ]);
  const pitfall = findPitfall(id);
  if (pitfall === undefined) throw unknownPitfall(id);
  return pitfall;
}

async function agree(
  question: string,
  args: Arguments,
  { stdinIsTerminal, prompts }: Context,
): Promise<void> {
  if (args.flag('yes')) return;
  if (!stdinIsTerminal) {
    throw new ProvisionError('CONFIRM_NEEDED', 'There are commands to run, and no terminal to ask on.', {
      exitCode: ExitCode.usage,
      hint: 'Add --yes to run them.',
    });
  }
  if (await prompts.confirm(question)) return;
  throw new ProvisionError('DECLINED', 'Nothing was changed by this step.', {
    exitCode: ExitCode.interrupted,
  });
}

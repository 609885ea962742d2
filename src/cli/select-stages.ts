import type { Playbook } from '../engine/play.js';
import { ExitCode, ProvisionError } from '../errors.js';
import { nearestWord } from '../inventory/nearest.js';

/** Which stages the operator asked for. */
export interface StageSelection {
  readonly only: readonly string[];
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly skip: readonly string[];
}

/**
 * The selected stages, in their own order.
 * @throws ProvisionError STAGE_UNKNOWN with the nearest name, STAGES_NONE when nothing is left.
 */
export function selectStages(playbooks: readonly Playbook[], selection: StageSelection): Playbook[] {
  const names = playbooks.map(({ stage }) => stage);
  const { only, from, to, skip } = selection;
  for (const name of [...only, ...skip, from, to]) if (name !== undefined) assertStage(name, names);
  const first = from === undefined ? 0 : names.indexOf(from);
  const last = to === undefined ? names.length : names.indexOf(to);
  const selected = playbooks.filter(
    ({ stage }, index) =>
      index >= first && index <= last && !skip.includes(stage) && (only.length === 0 || only.includes(stage)),
  );
  if (selected.length > 0) return selected;
  throw new ProvisionError('STAGES_NONE', 'These choices leave no stage to run.', {
    exitCode: ExitCode.usage,
    hint: `The stages are, in order: ${names.join(', ')}.`,
  });
}

function assertStage(name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const suggestion = nearestWord(name, names);
  throw new ProvisionError('STAGE_UNKNOWN', `There is no stage "${name}".`, {
    exitCode: ExitCode.usage,
    hint: `${suggestion === undefined ? '' : `Did you mean "${suggestion}"? `}The stages are, in order: ${names.join(', ')}.`,
  });
}

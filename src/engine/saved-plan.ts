import { createHash } from 'node:crypto';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Judgement } from './look.js';

/** One task on one host as a plan saw it. */
export interface PlannedTask {
  readonly stage: string;
  readonly play: string;
  readonly host: string;
  readonly task: string;
  readonly title: string;
  readonly status: Judgement['status'];
  /** Of the task's scripts: another inventory or another version of the program gives another one. */
  readonly scripts: string;
}

/** The content of a file written by `plan --out`. */
export interface SavedPlan {
  readonly version: 1;
  readonly cluster: string;
  readonly stages: readonly string[];
  readonly hosts: readonly string[];
  readonly tasks: readonly PlannedTask[];
}

export function plannedTask(
  place: { readonly stage: string; readonly play: string; readonly host: string },
  judgement: Judgement,
): PlannedTask {
  const { task, status } = judgement;
  const hash = createHash('sha256')
    .update(task.check.source)
    .update('\0')
    .update(task.apply?.source ?? '');
  return { ...place, task: task.id, title: task.title, status, scripts: hash.digest('hex').slice(0, 16) };
}

/** @throws ProvisionError PLAN_INVALID for a file that is not a saved plan. */
export function parseSavedPlan(text: string, path: string): SavedPlan {
  try {
    const plan = JSON.parse(text) as SavedPlan;
    if (plan.version === 1 && Array.isArray(plan.tasks)) return plan;
  } catch {
    // The sentence below serves both.
  }
  throw new ProvisionError('PLAN_INVALID', `${path} is not a plan saved by "provision plan --out".`, {
    exitCode: ExitCode.usage,
    hint: 'Make a new one with "provision plan INVENTORY --out FILE".',
  });
}

/** Lines of a difference that are listed before the rest is counted. */
const MOST_SHOWN = 10;

/**
 * Refuses to apply a plan that no longer describes the hosts.
 * @throws ProvisionError PLAN_STALE naming what moved on.
 */
export function assertUnchanged(planned: readonly PlannedTask[], current: readonly PlannedTask[]): void {
  const before = new Map(planned.map((task) => [key(task), task]));
  const now = new Map(current.map((task) => [key(task), task]));
  const differences = [
    ...current.flatMap((task) => difference(before.get(key(task)), task)),
    ...planned.filter((task) => !now.has(key(task))).map((task) => `${placeName(task)} is no longer there`),
  ];
  if (differences.length === 0) return;
  const shown = differences.slice(0, MOST_SHOWN);
  const rest = differences.length - shown.length;
  throw new ProvisionError(
    'PLAN_STALE',
    `The saved plan no longer fits; nothing was changed:\n${shown.map((line) => `  - ${line}`).join('\n')}${rest > 0 ? `\n  and ${rest} more` : ''}`,
    { hint: 'Make a new plan, read it, and apply that.' },
  );
}

function difference(before: PlannedTask | undefined, now: PlannedTask): string[] {
  if (before === undefined) return [`${placeName(now)} was not in the plan`];
  if (before.scripts !== now.scripts) return [`${placeName(now)} would do something else than planned`];
  if (before.status !== now.status)
    return [`${placeName(now)} was "${before.status}" and is "${now.status}"`];
  return [];
}

function placeName(task: PlannedTask): string {
  return `${task.host}: ${task.stage}/${task.task}`;
}

function key(task: PlannedTask): string {
  return [task.stage, task.play, task.host, task.task].join('\0');
}

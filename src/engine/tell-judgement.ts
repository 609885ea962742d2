import type { Pitfall } from '../pitfalls/pitfall.js';
import { matchPitfall } from '../pitfalls/match.js';
import type { RunEvent, TaskDetail, TaskStatus } from './events.js';
import type { Judgement } from './look.js';
import { notesOf } from './notes.js';
import { NO_DETAIL } from './task-tracker.js';

interface Place {
  readonly stage: string;
  readonly play: string;
  readonly host: string;
}

/** The event for a task that was only looked at. */
export function judgementEvent(place: Place, judgement: Judgement, pitfalls: readonly Pitfall[]): RunEvent {
  const { task, status, knownAfter, text } = judgement;
  const shown = text === '' ? undefined : text;
  const details: Readonly<Record<Judgement['status'], () => Partial<TaskDetail>>> = {
    ok: () => ({ notes: notesOf(text) }),
    change: () => ({ difference: shown, knownAfter }),
    failed: () => ({ output: shown, pitfall: matchPitfall(text.split('\n'), pitfalls) }),
    unknown: () => ({ knownAfter }),
  };
  return taskEnd(place, task, status, { ...NO_DETAIL, ...details[status]() }, 0);
}

/** The event for a task that was never come to. */
export function skippedEvent(place: Place, task: { readonly id: string; readonly title: string }): RunEvent {
  return taskEnd(place, task, 'skipped', NO_DETAIL, 0);
}

export function taskEnd(
  place: Place,
  task: { readonly id: string; readonly title: string },
  status: TaskStatus,
  detail: TaskDetail,
  seconds: number,
): RunEvent {
  return {
    kind: 'task-end',
    time: Date.now(),
    ...place,
    task: task.id,
    title: task.title,
    status,
    seconds,
    detail,
  };
}

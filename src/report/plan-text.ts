import type { RunEvent } from '../engine/events.js';
import { indent } from './sentences.js';

type TaskEnd = Extract<RunEvent, { kind: 'task-end' }>;

/** What a plan would do, in the order of the stages; the same change on several hosts stands once. */
export function planText(tasks: readonly TaskEnd[]): string[] {
  const groups = groupAlike(tasks.filter(({ status }) => status === 'change' || status === 'unknown'));
  const text: string[] = [];
  let stage: string | undefined;
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    if (first.stage !== stage) text.push(...(stage === undefined ? [] : ['']), `${first.stage}:`);
    stage = first.stage;
    text.push(...groupLines(first, group));
  }
  return text;
}

function groupLines(first: TaskEnd, group: readonly TaskEnd[]): string[] {
  const hosts = group.map(({ host }) => host).join(', ');
  const { difference, knownAfter } = first.detail;
  const known = knownAfter === undefined ? '' : ` (known after ${knownAfter})`;
  const sign = first.status === 'change' ? '~' : '?';
  return [`  ${sign} ${first.task}: ${first.title}${known}  [${hosts}]`, ...indent(difference, '')];
}

/** Tasks with the same id, title and difference, in the order in which the first of them stands. */
function groupAlike(tasks: readonly TaskEnd[]): TaskEnd[][] {
  const groups = new Map<string, TaskEnd[]>();
  for (const task of tasks) {
    const key = JSON.stringify([task.stage, task.play, task.task, task.title, task.detail]);
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  const order = new Map<string, number>();
  for (const task of tasks) {
    const id = `${task.stage}\0${task.play}\0${task.task}`;
    if (!order.has(id)) order.set(id, order.size);
  }
  const place = ([first]: readonly TaskEnd[]): number =>
    first === undefined ? 0 : (order.get(`${first.stage}\0${first.play}\0${first.task}`) ?? 0);
  return [...groups.values()].sort((a, b) => place(a) - place(b));
}

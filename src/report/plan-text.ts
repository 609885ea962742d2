import { groupAlike, hostList } from './group-alike.js';
import type { TaskEnd } from './report.js';
import { indent } from './sentences.js';

/** What a plan would do, in the order of the stages; the same change on several hosts stands once. */
export function planText(tasks: readonly TaskEnd[]): string[] {
  const groups = groupAlike(tasks.filter(({ status }) => status === 'change' || status === 'unknown'));
  return byStage(groups, groupLines);
}

/** What an up has changed, a line a task. */
export function changedText(tasks: readonly TaskEnd[]): string[] {
  const alike = tasks
    .filter(({ status }) => status === 'changed')
    .map((task) => ({ ...task, detail: { ...task.detail, difference: undefined, notes: [] } }));
  return byStage(groupAlike(alike), (first, group) => [
    `  ~ ${first.task}: ${first.title}  [${hostsOf(group)}]`,
  ]);
}

function byStage(
  groups: readonly TaskEnd[][],
  lines: (first: TaskEnd, group: readonly TaskEnd[]) => string[],
): string[] {
  const text: string[] = [];
  let stage: string | undefined;
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    if (first.stage !== stage) text.push(...(stage === undefined ? [] : ['']), `${first.stage}:`);
    stage = first.stage;
    text.push(...lines(first, group));
  }
  return text;
}

function groupLines(first: TaskEnd, group: readonly TaskEnd[]): string[] {
  const { difference, knownAfter } = first.detail;
  const known = knownAfter === undefined ? '' : ` (known after ${knownAfter})`;
  const sign = first.status === 'change' ? '~' : '?';
  return [`  ${sign} ${first.task}: ${first.title}${known}  [${hostsOf(group)}]`, ...indent(difference, '')];
}

function hostsOf(group: readonly TaskEnd[]): string {
  return hostList(group.map(({ host }) => host));
}

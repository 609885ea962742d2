import { groupBy, hostList } from './group-alike.js';
import type { TaskEnd } from './report.js';

/** What tasks that are as desired had to say, a line each; the same on several hosts stands once. */
export function notesText(tasks: readonly TaskEnd[]): string[] {
  const notes = tasks.flatMap(({ host, stage, task, detail }) =>
    detail.notes.map((note) => ({ host, text: `${stage}/${task}: note: ${note}` })),
  );
  return groupBy(notes, ({ text }) => text).map(
    (group) => `${hostList(group.map(({ host }) => host))}: ${group[0]?.text ?? ''}`,
  );
}

import type { Look } from './look.js';
import type { ScheduledPlay } from './schedule.js';

/**
 * Tasks of other hosts, as `HOST:ID`, that would change something and that tasks of this host come after: a host cannot know
 * of them by itself.
 */
export function pendingElsewhere(
  plays: readonly ScheduledPlay[],
  looks: ReadonlyMap<string, Look>,
  host: string,
): readonly string[] {
  const tasks = plays.flatMap(({ hosts }) => hosts.get(host)?.tasks ?? []);
  const named = new Set(tasks.flatMap(({ after }) => after ?? []).filter((id) => id.includes(':')));
  return [...named].filter((name) => wouldChange(name, looks));
}

function wouldChange(name: string, looks: ReadonlyMap<string, Look>): boolean {
  const [host = '', id] = name.split(':');
  const judgements = looks.get(host)?.judgements.flat() ?? [];
  return judgements.some(({ task, status }) => task.id === id && status === 'change');
}

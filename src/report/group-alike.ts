import type { TaskEnd } from './report.js';

/** Hosts that a line names before it counts the rest. */
const MOST_NAMED = 10;

/** Tasks with the same id, title, status and detail, in the order in which the first of them stands. */
export function groupAlike(tasks: readonly TaskEnd[]): TaskEnd[][] {
  const order = new Map<string, number>();
  for (const task of tasks) {
    const id = idOf(task);
    if (!order.has(id)) order.set(id, order.size);
  }
  const groups = groupBy(tasks, (task) => JSON.stringify([idOf(task), task.title, task.status, task.detail]));
  const place = ([first]: readonly TaskEnd[]): number =>
    first === undefined ? 0 : (order.get(idOf(first)) ?? 0);
  return groups.sort((a, b) => place(a) - place(b));
}

/** Items with the same key together, in the order of the first of each. */
export function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** "node1, node2, node3"; many are counted: "node1, …, node10 and 90 more". */
export function hostList(hosts: readonly string[]): string {
  if (hosts.length <= MOST_NAMED + 1) return hosts.join(', ');
  return `${hosts.slice(0, MOST_NAMED).join(', ')} and ${hosts.length - MOST_NAMED} more`;
}

function idOf({ stage, play, task }: TaskEnd): string {
  return [stage, play, task].join('\0');
}

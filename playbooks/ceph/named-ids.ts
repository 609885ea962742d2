/**
 * Task ids for things that have names of their own, such as pools: `prefix-name`, where what an id may not have becomes a
 * dash, and a number tells two that would then be the same apart.
 */
export function namedIds(prefix: string, names: readonly string[]): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const name of new Set(names)) {
    const wanted = `${prefix}-${name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')}`;
    const taken = new Set(ids.values());
    let id = wanted;
    for (let count = 2; taken.has(id); count += 1) id = `${wanted}-${String(count)}`;
    ids.set(name, id);
  }
  return ids;
}

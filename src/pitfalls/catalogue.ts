import { playbooks } from '../../playbooks/index.js';
import type { Pitfall } from './pitfall.js';

/** Every documented pitfall, in the order of the stages. */
export const catalogue: readonly Pitfall[] = playbooks.flatMap(({ pitfalls }) => pitfalls);

/** The pitfall of this id. */
export function findPitfall(id: string): Pitfall | undefined {
  return catalogue.find((pitfall) => pitfall.id === id);
}

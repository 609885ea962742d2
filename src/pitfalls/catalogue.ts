import { harborPitfalls } from '../../playbooks/harbor/pitfalls.js';
import { playbooks } from '../../playbooks/index.js';
import { loggingPitfalls } from '../../playbooks/logging/pitfalls.js';
import type { Pitfall } from './pitfall.js';

/** Every documented pitfall, in the order of the stages. Those of stages that are not made yet are looked for all the same. */
export const catalogue: readonly Pitfall[] = [
  ...playbooks.flatMap(({ pitfalls }) => pitfalls),
  ...harborPitfalls,
  ...loggingPitfalls,
];

/** The pitfall of this id. */
export function findPitfall(id: string): Pitfall | undefined {
  return catalogue.find((pitfall) => pitfall.id === id);
}

import type { Inventory } from '../inventory/inventory.js';
import type { Environment, Pitfall } from '../pitfalls/pitfall.js';
import type { Answers } from './examine.js';

/** What the machine of the operator is called among the hosts. */
const HERE = 'this machine';

/** Asks the machine that the program runs on. Changes nothing. */
export async function askOperator(
  inventory: Inventory,
  pitfalls: readonly Pitfall[],
  env: Environment,
): Promise<Answers> {
  const answers = await Promise.all(
    pitfalls.map(async ({ id, operatorProbe }) => {
      if (operatorProbe === undefined) return [];
      const lines = await operatorProbe(inventory, env);
      return [{ kind: 'probe' as const, name: id, lines, code: lines.length === 0 ? 0 : 1 }];
    }),
  );
  return new Map([[HERE, answers.flat()]]);
}

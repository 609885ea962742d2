import type { Inventory } from './inventory.js';
import type { Path } from './places.js';

/** Settings that are valid alone and cannot work together. Checked before any connection. */
export interface CompatibilityRule {
  /** Stable, kebab-case. */
  readonly id: string;
  /** The paths at which the inventory breaks the rule, hosts by name; none when it is kept. */
  readonly applies: (inventory: Inventory) => readonly Path[];
  /** What is wrong and why, without a full stop. */
  readonly message: string;
  /** A combination that works. */
  readonly works: string;
}

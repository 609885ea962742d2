import type { HostFacts } from './facts.js';
import type { Host, Inventory } from '../inventory/inventory.js';
import type { Pitfall } from '../pitfalls/pitfall.js';
import type { Handler, Task } from './task.js';

/** What a playbook may look at. It is a pure function of this: no ssh, no clock, no files. */
export interface PlaybookContext {
  readonly inventory: Inventory;
  /** By host name; a host that could not be reached is absent. */
  readonly facts: ReadonlyMap<string, HostFacts>;
  /** Outputs of earlier plays: host name, then output name. Empty while planning the first run. */
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** An ordered list of tasks on a set of hosts. */
export interface Play {
  /** Unique within the stage, kebab-case. */
  readonly id: string;
  readonly title: string;
  readonly hosts: readonly Host[];
  /** `all` at once (the default), `serial` one host at a time, `first-then-rest` for bootstraps. */
  readonly order?: 'all' | 'serial' | 'first-then-rest' | undefined;
  readonly tasks: (host: Host) => readonly Task[];
  readonly handlers?: ((host: Host) => readonly Handler[]) | undefined;
  /** Values of the secrets that the tasks name, by name. */
  readonly secrets?: ((host: Host) => Readonly<Record<string, string>>) | undefined;
}

/** A stage: a folder in playbooks/. */
export interface Playbook {
  readonly stage: string;
  readonly title: string;
  /** Stages that must have run before this one. */
  readonly needs: readonly string[];
  /** The hosts that the stage concerns; a stage with none is left out of a run. */
  readonly hosts: (inventory: Inventory) => readonly Host[];
  readonly plays: (context: PlaybookContext) => readonly Play[];
  readonly pitfalls: readonly Pitfall[];
}

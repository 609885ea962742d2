import type { Host, Inventory } from '../inventory/inventory.js';
import type { Connect } from '../ssh/connection.js';
import type { EventSink } from './events.js';
import type { Pitfall } from '../pitfalls/pitfall.js';
import type { Playbook } from './play.js';
import type { PlannedTask } from './saved-plan.js';

/** What a plan, an up or an attach works on. */
export interface RunRequest {
  /** Id of the run, from `newRunId`. */
  readonly run: string;
  readonly inventory: Inventory;
  /** The selected stages, in order. */
  readonly playbooks: readonly Playbook[];
  /** What failed tasks may show: those of every stage, because a cause lies where it does. */
  readonly pitfalls: readonly Pitfall[];
  /** Names of the hosts that take part; all when empty. */
  readonly hosts: readonly string[];
  /** Hosts worked on at once. */
  readonly forks: number;
  /** Go on with the next play although a host failed. */
  readonly keepGoing: boolean;
  readonly sink: EventSink;
  readonly connect: (host: Host) => Connect;
  /** The first Ctrl-C: stop following after the running task. The second: at once. */
  readonly softStop: AbortSignal;
  readonly hardStop: AbortSignal;
  /** The run record's folder on the controller; undefined when none is written. */
  readonly record: string | undefined;
  /** Told each secret value that a host hands on, before any event could show it. */
  readonly mask: (secret: string) => void;
}

export interface UpRequest extends RunRequest {
  /** What the run is called in its events, summary and record; `up` when not said. */
  readonly mode?: 'up' | 'reset' | undefined;
  /** Asked once, when something would change, with what would; false ends the run with nothing changed. */
  readonly confirm?: ((planned: readonly PlannedTask[]) => Promise<boolean>) | undefined;
  /** A saved plan: exactly this is applied, or nothing. */
  readonly planned?: readonly PlannedTask[] | undefined;
  /** Host by host, whatever a play allows: a host is done with the play before the next one begins it. */
  readonly serial?: boolean | undefined;
}

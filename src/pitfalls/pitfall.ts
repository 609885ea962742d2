import type { Host, Inventory } from '../inventory/inventory.js';
import type { Script } from '../shell/script.js';

/** How a pitfall is cured. */
export interface Remedy {
  /** `automatic` can be done at once; `guided` asks before each step; `manual` is for the operator alone. */
  readonly kind: 'automatic' | 'guided' | 'manual';
  /** What can be lost or interrupted by it, in one sentence. */
  readonly risk: string;
  /** Sentences or exact commands for the operator, in order. */
  readonly steps: readonly string[];
  /** What `provision doctor --fix` does, in order; absent where only the operator can do it. */
  readonly cure?: readonly CureStep[] | undefined;
}

/** Runs the stage again, or commands that a script proposes after looking. */
export type CureStep = { readonly stage: string } | CommandStep;

export interface CommandStep {
  /** `hosts`: on each host that shows the pitfall. `cluster`: once, on a host that can ask the cluster. */
  readonly at: 'hosts' | 'cluster';
  /** What it does, in a few words. */
  readonly title: string;
  /**
   * Read-only. Looks at the host anew, and for each command that is still to be run calls `propose TITLE COMMAND`, in order; where it
   * would do harm it calls `refuse WHY` instead. Has what probes have, and as "$@" the hosts that show the pitfall. It runs again
   * right before each command: what it then proposes no longer is not run.
   */
  readonly commands: Script;
}

/** Read-only; exit 0 well, 1 found (evidence on standard output), anything else could not tell. */
export type HostProbe = Script | ((inventory: Inventory, host: Host) => Script);

/** The variables of the operator's machine. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Asked on the machine of the operator itself: what was seen there, nothing when all is well. It only looks. */
export type OperatorProbe = (inventory: Inventory, env: Environment) => Promise<readonly string[]>;

/** Asked once, on a host that can ask the cluster of each of these stages as its administrator. */
export interface ClusterProbe {
  readonly asks: readonly string[];
  readonly script: Script;
}

/** One documented way in which a platform of this kind fails. Ids are stable: code, docs, tests and messages use them. */
export interface Pitfall {
  readonly id: string;
  readonly stage: string;
  readonly title: string;
  /** Two sentences: what it means and why it happens. */
  readonly meaning: string;
  /** What it applies to, in a few words: `Docker 17.05 and later`, `all`. */
  readonly versions: string;
  /** Patterns for single lines of logs or command output. One with the flag m sees what follows its line, too: `(?![^]*later line)`. */
  readonly symptoms: readonly RegExp[];
  readonly probe?: HostProbe | undefined;
  readonly clusterProbe?: ClusterProbe | undefined;
  readonly operatorProbe?: OperatorProbe | undefined;
  /** Why neither a host nor the cluster can be asked. */
  readonly noProbe?: string | undefined;
  /** Ids of the tasks that prevent it; `*` stands for what a host or the inventory brings: `ceph-osd-*-data`, `ceph-pool-*`. */
  readonly preventedBy: readonly string[];
  readonly remedy: Remedy;
  /** Where it was documented. */
  readonly source: string;
}

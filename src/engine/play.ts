import type { HostFacts } from './facts.js';
import type { Host, Inventory } from '../inventory/inventory.js';
import type { Pitfall } from '../pitfalls/pitfall.js';
import type { Script } from '../shell/script.js';
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
  /** Packages of which the facts must tell the installed version, beside those of container runtimes. */
  readonly packages?: readonly string[] | undefined;
  readonly pitfalls: readonly Pitfall[];
  /** How the stage is taken away again; undefined when it cannot be. */
  readonly reset?: StageReset | undefined;
  /** What `provision status` shows of the stage. */
  readonly status?: StageStatus | undefined;
  /**
   * Can this host ask the stage's cluster as its administrator? Ends within seconds: 0 yes, 1 it has no access, anything else
   * it should and gets no answer, with why on standard output. Absent where a stage makes no cluster.
   */
  readonly access?: Script | undefined;
  /** What has happened in the stage's cluster, as it tells it itself to a host that has access; read for traces as logs of services are. */
  readonly clusterLog?: ClusterLog | undefined;
}

export interface ClusterLog {
  /** As findings are shown with it: "events of Kubernetes". */
  readonly name: string;
  /** Prints its lines, the oldest first, and writes nothing. */
  readonly script: Script;
}

/** Takes a stage away from some hosts, with all that it keeps there. Run a second time, it changes nothing. */
export interface StageReset {
  /** What is lost, in sentences, for an operator who is about to agree to it. No host has been asked anything yet. */
  readonly loses: (context: PlaybookContext, hosts: readonly Host[]) => readonly string[];
  /** Hosts that are not reset and that take part, to let go of those that are: a cluster forgets a member. */
  readonly helpers?: ((inventory: Inventory, hosts: readonly Host[]) => readonly Host[]) | undefined;
  /** `hosts` are those that are reset; nothing may be taken away from others. */
  readonly plays: (context: PlaybookContext, hosts: readonly Host[]) => readonly Play[];
}

/** The scripts run as root, write nothing, and end within seconds. */
export interface StageStatus {
  /** A few words for each host. */
  readonly column?: StatusColumn | undefined;
  /** What the members of the stage have in common. */
  readonly cluster?: StatusOfCluster | undefined;
}

export interface StatusColumn {
  readonly title: string;
  readonly script: Script;
  /** From what the script printed. */
  readonly cell: (printed: string, facts: HostFacts) => string;
}

export interface StatusOfCluster {
  readonly title: string;
  /** Who can be asked, the one to believe first; the first whose script ends with 0 is shown. */
  readonly hosts: (inventory: Inventory) => readonly Host[];
  readonly script: Script;
  /** From what the script printed. */
  readonly lines: (printed: string) => readonly string[];
  /** Said when nobody could be asked. */
  readonly silence: string;
}

import type { Script } from '../shell/script.js';

/**
 * One desired state on one host.
 *
 * `check` is read-only and prints, when the state differs, what differs (a unified diff for a file).
 * Exit 0 is "as desired", 1 "differs", anything else "could not tell".
 * `apply` brings the state about; `check` then runs again and must pass, whatever `apply` returned.
 *
 * Both run as root, each in a process of its own, with `LC_ALL=C`, no standard input and the functions of
 * `runtime.sh`. A task without `apply` is a proof: when it differs, the run fails on that host.
 */
export interface Task {
  /** Unique within the stage, kebab-case; part of the NDJSON contract. */
  readonly id: string;
  /** What the host will be like, in a few words: "/etc/docker/daemon.json has our settings". */
  readonly title: string;
  readonly check: Script;
  readonly apply?: Script | undefined;
  /** Seconds; the host ends the script after that. */
  readonly timeout: { readonly check: number; readonly apply: number };
  /**
   * Ids of earlier tasks of the same stage without which a check that does not pass says nothing; those of another host as
   * `HOST:ID`. While one of them would change, a plan reports this task as "known after <id>", which counts as a change. A check that passes now although it
   * will not then asks `pending <id>` itself.
   */
  readonly after?: readonly string[] | undefined;
  /** Pitfalls that this task prevents. */
  readonly prevents?: readonly string[] | undefined;
  /** Secrets that the scripts read, by name, from the files `"$SECRETS"/<name>`. */
  readonly secrets?: readonly string[] | undefined;
  /** A value that the host hands to later plays: the standard output of this script, run when the task is as desired. */
  readonly output?: TaskOutput | undefined;
}

export interface TaskOutput {
  readonly name: string;
  readonly read: Script;
  /** A secret output is never printed, logged, or put into a plan or run record. */
  readonly secret: boolean;
}

/** Seconds for a check: it only looks, so something is wrong when it takes longer. */
export const CHECK_TIMEOUT = 30;
/** Seconds for an apply that changes files or settings on the host itself. */
export const APPLY_TIMEOUT = 120;

/**
 * A service brought up to its configuration at the end of a play. It is a task whose check reads the state of the
 * running service, so it stays due when a run breaks between the change and the restart.
 */
export type Handler = Task;

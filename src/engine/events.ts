import type { ProvisionError } from '../errors.js';

/** What became of a task on a host. `change` only in a plan, `changed` only in an up. */
export type TaskStatus = 'ok' | 'change' | 'changed' | 'failed' | 'skipped' | 'unknown';

/** `reset` takes a stage away; it runs like an `up`. */
export type RunMode = 'plan' | 'up' | 'reset';

/** Names a task on a host. */
export interface TaskRef {
  readonly stage: string;
  readonly play: string;
  readonly host: string;
  readonly task: string;
  readonly title: string;
}

/** Everything that a run tells its outputs (terminal, plain, NDJSON, run record). Times are milliseconds since the epoch. */
export type RunEvent =
  | {
      readonly kind: 'run-start';
      readonly time: number;
      readonly mode: RunMode;
      readonly run: string;
      readonly cluster: string;
      readonly hosts: readonly string[];
      readonly stages: readonly string[];
    }
  | { readonly kind: 'connecting'; readonly time: number; readonly host: string }
  | { readonly kind: 'connected'; readonly time: number; readonly host: string }
  | {
      readonly kind: 'connection-lost';
      readonly time: number;
      readonly host: string;
      readonly reason: string;
    }
  | { readonly kind: 'reconnected'; readonly time: number; readonly host: string }
  | {
      readonly kind: 'unreachable';
      readonly time: number;
      readonly host: string;
      readonly error: ProvisionError;
    }
  | {
      readonly kind: 'play-start';
      readonly time: number;
      readonly stage: string;
      readonly play: string;
      readonly title: string;
      readonly hosts: readonly string[];
    }
  | ({ readonly kind: 'task-start'; readonly time: number } & TaskRef)
  | ({ readonly kind: 'task-output'; readonly time: number; readonly line: string } & TaskRef)
  | ({
      readonly kind: 'task-end';
      readonly time: number;
      readonly status: TaskStatus;
      readonly seconds: number;
      readonly detail: TaskDetail;
    } & TaskRef)
  | {
      readonly kind: 'host-end';
      readonly time: number;
      readonly stage: string;
      readonly play: string;
      readonly host: string;
      readonly outcome: 'ok' | 'failed' | 'unreachable' | 'locked';
    }
  | {
      readonly kind: 'notice';
      readonly time: number;
      readonly host: string | undefined;
      readonly text: string;
    }
  | { readonly kind: 'run-end'; readonly time: number; readonly summary: RunSummary };

export interface TaskDetail {
  /** What differs, or differed: lines of a diff, or a sentence. Secrets are already masked. */
  readonly difference: string | undefined;
  /** The last lines of output of a failed task. */
  readonly output: string | undefined;
  /** The task that must change first before this one can be judged (status `change`). */
  readonly knownAfter: string | undefined;
  readonly pitfall: PitfallMatch | undefined;
  /** What the check of a task that is as desired has to say to the operator; mostly nothing. */
  readonly notes: readonly string[];
}

export interface PitfallMatch {
  readonly id: string;
  readonly line: string;
  readonly meaning: string;
  readonly steps: readonly string[];
}

export interface RunSummary {
  readonly mode: RunMode;
  readonly run: string;
  readonly ok: number;
  /** In a plan: what would change. */
  readonly changed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Hosts. */
  readonly unreachable: number;
  readonly seconds: number;
  readonly hosts: Readonly<Record<string, HostSummary>>;
  readonly exitCode: number;
  /** The folder of the run record on the controller; undefined for a plan that wrote none. */
  readonly record: string | undefined;
}

export interface HostSummary {
  readonly ok: number;
  readonly changed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly outcome: 'ok' | 'failed' | 'unreachable' | 'locked' | 'interrupted';
}

/** Takes events in order; must not throw. */
export type EventSink = (event: RunEvent) => void;

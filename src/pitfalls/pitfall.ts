import type { Script } from '../shell/script.js';

/** How a pitfall is cured. */
export interface Remedy {
  readonly kind: 'automatic' | 'guided' | 'manual';
  /** What can be lost or interrupted by it, in one sentence. */
  readonly risk: string;
  /** Sentences or exact commands for the operator, in order. */
  readonly steps: readonly string[];
}

/** One documented way in which a platform of this kind fails. Ids are stable: code, docs, tests and messages use them. */
export interface Pitfall {
  readonly id: string;
  readonly stage: string;
  readonly title: string;
  /** Two sentences: what it means and why it happens. */
  readonly meaning: string;
  /** Patterns for single lines of logs or command output. */
  readonly symptoms: readonly RegExp[];
  /** Read-only; exit 0 well, 1 found (evidence on standard output). Absent with `noProbe` when a host cannot be asked. */
  readonly probe?: Script | undefined;
  readonly noProbe?: string | undefined;
  /** Ids of the tasks that prevent it; `*` stands for what a host or the inventory brings: `ceph-osd-*-data`, `ceph-pool-*`. */
  readonly preventedBy: readonly string[];
  readonly remedy: Remedy;
  /** Where it was documented. */
  readonly source: string;
}

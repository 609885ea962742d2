import type { RunEvent } from '../engine/events.js';

/** Something that a run is told to: a terminal, a pipe, a folder of records. */
export interface Report {
  readonly event: (event: RunEvent) => void;
  /** Asks the operator something with no live display in the way. */
  readonly quietly: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;
  /** After the last event; what is written late (a live display, a file) is out when it resolves. */
  readonly close: () => Promise<void>;
}

export type TaskEnd = Extract<RunEvent, { kind: 'task-end' }>;

/** One function for each kind of event: an event without a rendering does not compile. */
export type Rendering<Result> = {
  readonly [Kind in RunEvent['kind']]: (event: Extract<RunEvent, { kind: Kind }>) => Result;
};

export function render<Result>(rendering: Rendering<Result>, event: RunEvent): Result {
  const renderKind = rendering[event.kind] as (event: RunEvent) => Result;
  return renderKind(event);
}

/** A report that draws nothing live and holds nothing back. */
export function simpleReport(event: (event: RunEvent) => void, end = (): void => undefined): Report {
  return { event, quietly: (ask) => ask(), close: async () => end() };
}

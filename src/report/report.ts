import type { RunEvent } from '../engine/events.js';

/** Something that a run is told to: a terminal, a pipe, a folder of records. */
export interface Report {
  readonly event: (event: RunEvent) => void;
  /** Takes a live display off the screen, for a question; the next event puts it back. */
  readonly suspend: () => Promise<void>;
  /** After the last event; what is written late (a live display, a file) is out when it resolves. */
  readonly close: () => Promise<void>;
}

/** One function for each kind of event: an event without a rendering does not compile. */
export type Rendering<Result> = {
  readonly [Kind in RunEvent['kind']]: (event: Extract<RunEvent, { kind: Kind }>) => Result;
};

export function render<Result>(rendering: Rendering<Result>, event: RunEvent): Result {
  const renderKind = rendering[event.kind] as (event: RunEvent) => Result;
  return renderKind(event);
}

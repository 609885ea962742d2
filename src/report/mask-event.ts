import type { PitfallMatch, RunEvent, TaskDetail } from '../engine/events.js';
import type { Masker } from './mask.js';
import { type Rendering, render } from './report.js';

/**
 * Hides secrets in the text of events. Names, ids and statuses stay as they are: a password that is also a word ("docker")
 * must not change what an event is about.
 */
export function eventMask(masker: Masker): (event: RunEvent) => RunEvent {
  const rendering = maskRendering(masker);
  return (event) => render(rendering, event);
}

function maskRendering(masker: Masker): Rendering<RunEvent> {
  return {
    'run-start': (event) => event,
    connecting: (event) => event,
    connected: (event) => event,
    'connection-lost': (event) => ({ ...event, reason: masker.mask(event.reason) }),
    reconnected: (event) => event,
    unreachable: (event) => ({ ...event, error: masker.maskError(event.error) }),
    'play-start': (event) => ({ ...event, title: masker.mask(event.title) }),
    'task-start': (event) => ({ ...event, title: masker.mask(event.title) }),
    'task-output': (event) => ({
      ...event,
      title: masker.mask(event.title),
      line: masker.mask(event.line),
    }),
    'task-end': (event) => ({
      ...event,
      title: masker.mask(event.title),
      detail: maskDetail(event.detail, masker),
    }),
    'host-end': (event) => event,
    notice: (event) => ({ ...event, text: masker.mask(event.text) }),
    'run-end': (event) => event,
  };
}

function maskDetail(detail: TaskDetail, masker: Masker): TaskDetail {
  const { difference, output, knownAfter, pitfall, notes } = detail;
  return {
    difference: masker.maskMaybe(difference),
    output: masker.maskMaybe(output),
    knownAfter,
    pitfall: pitfall === undefined ? undefined : maskPitfall(pitfall, masker),
    notes: notes.map((note) => masker.mask(note)),
  };
}

function maskPitfall(pitfall: PitfallMatch, masker: Masker): PitfallMatch {
  return { ...pitfall, line: masker.mask(pitfall.line) };
}

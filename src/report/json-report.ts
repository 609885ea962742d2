import type { RunEvent, RunSummary } from '../engine/events.js';
import { type Rendering, type Report, render, simpleReport } from './report.js';

/** One line of the NDJSON output; docs/output.md is its contract. */
type Line = Readonly<Record<string, unknown>> & { readonly type: string };

/** NDJSON: one line for each task, the summary last, nothing else that is not JSON. */
export function jsonReport(write: (text: string) => void): Report {
  return simpleReport((event) => {
    const line = render(jsonRendering, event);
    if (line !== undefined) write(`${JSON.stringify(line)}\n`);
  });
}

/** Also the lines of events.ndjson in the run record. */
export const jsonRendering: Rendering<Line | undefined> = {
  'run-start': ({ time, mode, run, cluster, hosts, stages }) => ({
    type: 'run',
    time,
    mode,
    run,
    cluster,
    hosts,
    stages,
  }),
  connecting: () => undefined,
  connected: ({ time, host }) => ({ type: 'connected', time, host }),
  'connection-lost': ({ time, host, reason }) => ({ type: 'connection-lost', time, host, reason }),
  reconnected: ({ time, host }) => ({ type: 'reconnected', time, host }),
  unreachable: ({ time, host, error }) => ({
    type: 'unreachable',
    time,
    host,
    code: error.code,
    message: error.message,
    hint: error.hint,
  }),
  'play-start': ({ time, stage, play, title, hosts }) => ({ type: 'play', time, stage, play, title, hosts }),
  'task-start': () => undefined,
  'task-output': () => undefined,
  'task-end': taskLine,
  'host-end': ({ time, stage, play, host, outcome }) => ({ type: 'host', time, stage, play, host, outcome }),
  notice: ({ time, host, text }) => ({ type: 'notice', time, host, text }),
  'run-end': ({ time, summary }) => summaryLine(time, summary),
};

function taskLine({
  time,
  stage,
  play,
  host,
  task,
  status,
  title,
  seconds,
  detail,
}: Extract<RunEvent, { kind: 'task-end' }>): Line {
  return {
    type: 'task',
    stage,
    play,
    host,
    task,
    status,
    title,
    time,
    seconds,
    difference: detail.difference,
    output: detail.output,
    knownAfter: detail.knownAfter,
    pitfall: detail.pitfall?.id,
    notes: detail.notes.length === 0 ? undefined : detail.notes,
  };
}

function summaryLine(time: number, summary: RunSummary): Line {
  const { mode, run, ok, changed, failed, skipped, unreachable, seconds, hosts, exitCode, record } = summary;
  return {
    type: 'summary',
    ok,
    changed,
    failed,
    unreachable,
    seconds,
    skipped,
    mode,
    run,
    hosts,
    exitCode,
    record,
    time,
  };
}

import type { RunEvent } from '../engine/events.js';
import { type Rendering, type Report, render } from './report.js';
import { errorLines, failureLines, hostLine, reattachLine, summaryLine } from './sentences.js';

/** Milliseconds between two lines of output of the same task: a long installation shows that it lives. */
const OUTPUT_INTERVAL = 2_000;

/** One line for each thing that happens, with the time: for pipes, logs and CI. Tasks that are as desired are only counted. */
export function plainReport(write: (text: string) => void): Report {
  const print = (time: number, lines: readonly string[]): void => {
    const stamp = new Date(time).toTimeString().slice(0, 8);
    for (const line of lines) write(`${stamp} ${line}\n`);
  };
  const rendering = plainRendering();
  return {
    event: (event) => print(event.time, render(rendering, event)),
    suspend: async () => undefined,
    close: async () => undefined,
  };
}

function plainRendering(): Rendering<string[]> {
  const lastOutput = new Map<string, number>();
  const sayOutput = (event: Extract<RunEvent, { kind: 'task-output' }>): string[] => {
    const before = lastOutput.get(event.host) ?? 0;
    if (event.time - before < OUTPUT_INTERVAL) return [];
    lastOutput.set(event.host, event.time);
    return [`${event.host}: ${event.stage}/${event.task}: ${event.line}`];
  };
  return {
    'run-start': ({ run, cluster, stages, hosts }) => [
      `run ${run} on ${cluster} (${hosts.join(', ')}): ${stages.join(', ')}`,
    ],
    connecting: () => [],
    connected: ({ host }) => [`${host}: connected`],
    'connection-lost': ({ host, reason }) => [`${host}: connection lost: ${reason} Connecting again.`],
    reconnected: ({ host }) => [`${host}: connected again`],
    unreachable: ({ host, error }) => errorLines(host, error),
    'play-start': ({ stage, title }) => [`${stage}: ${title}`],
    'task-start': () => [],
    'task-output': sayOutput,
    'task-end': taskLines,
    'host-end': ({ host, stage, outcome }) => (outcome === 'ok' ? [] : [`${host}: ${stage}: ${outcome}`]),
    notice: ({ host, text }) => [host === undefined ? text : `${host}: ${text}`],
    'run-end': ({ summary }) => [
      ...Object.keys(summary.hosts).map((host) => `${host}: ${hostLine(summary, host)}`),
      ...[reattachLine(summary)].filter((line) => line !== undefined),
      summaryLine(summary),
    ],
  };
}

function taskLines(event: Extract<RunEvent, { kind: 'task-end' }>): string[] {
  if (event.status === 'failed') return failureLines(event);
  if (event.status !== 'changed') return [];
  return [`${event.host}: ${event.stage}/${event.task}: changed: ${event.title}`];
}

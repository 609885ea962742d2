import type { RunEvent, RunMode } from '../engine/events.js';
import { isNote } from '../engine/notes.js';
import { failuresText, hostErrorLines } from './failure-text.js';
import { notesText } from './notes-text.js';
import { type Rendering, type Report, render, simpleReport, type TaskEnd } from './report.js';
import { hostLine, onwardLines, summaryLine } from './sentences.js';

/** Milliseconds between two lines of output of the same host: a long installation shows that it lives. */
const OUTPUT_INTERVAL = 2_000;

/**
 * One line for each thing that happens, with the time: for pipes, logs and CI. Tasks that are as desired are only counted.
 * @param inventory as it stands in a command line
 */
export function plainReport(print: (lines: readonly string[]) => void, inventory: string): Report {
  const rendering = plainRendering(inventory);
  return simpleReport((event) => {
    const stamp = new Date(event.time).toTimeString().slice(0, 8);
    print(render(rendering, event).map((line) => `${stamp} ${line}`));
  });
}

function plainRendering(inventory: string): Rendering<string[]> {
  const lastOutput = new Map<string, number>();
  let stages: readonly string[] = [];
  let mode: RunMode = 'up';
  const sayOutput = (event: Extract<RunEvent, { kind: 'task-output' }>): string[] => {
    const before = lastOutput.get(event.host) ?? 0;
    if (event.time - before < OUTPUT_INTERVAL || isNote(event.line)) return [];
    lastOutput.set(event.host, event.time);
    return [`${event.host}: ${event.stage}/${event.task}: ${event.line}`];
  };
  return {
    'run-start': (event) => {
      const { run, cluster, hosts } = event;
      ({ stages, mode } = event);
      return [`run ${run} on ${cluster} (${hosts.join(', ')}): ${stages.join(', ')}`];
    },
    connecting: () => [],
    connected: ({ host }) => [`${host}: connected`],
    'connection-lost': ({ host, reason }) => [`${host}: connection lost: ${reason} Connecting again.`],
    reconnected: ({ host }) => [`${host}: connected again`],
    unreachable: hostErrorLines,
    'play-start': ({ stage, title }) => [`${stage}: ${title}`],
    'task-start': () => [],
    'task-output': sayOutput,
    'task-end': (event) => taskLines(event, mode, inventory),
    'host-end': ({ host, stage, outcome }) =>
      outcome === 'ok' ? [] : [`${host}: ${[stage, outcome].filter(Boolean).join(': ')}`],
    notice: ({ host, text }) => [host === undefined ? text : `${host}: ${text}`],
    'run-end': ({ summary }) => [
      ...Object.keys(summary.hosts).map((host) => `${host}: ${hostLine(summary, host)}`),
      ...onwardLines(summary, inventory, stages),
      summaryLine(summary),
    ],
  };
}

function taskLines(event: TaskEnd, mode: RunMode, inventory: string): string[] {
  if (event.status === 'failed') return failuresText([event], mode, inventory);
  const changed =
    event.status === 'changed'
      ? [`${event.host}: ${event.stage}/${event.task}: changed: ${event.title}`]
      : [];
  return [...changed, ...notesText([event])];
}

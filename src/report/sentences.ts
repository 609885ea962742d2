import type { RunEvent, RunSummary, TaskDetail } from '../engine/events.js';
import type { ProvisionError } from '../errors.js';

type TaskEnd = Extract<RunEvent, { kind: 'task-end' }>;

/** "1 host", "3 hosts". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Seconds as an operator reads them: 0.4 s, 12 s, 3 min 05 s. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** The last line of a run. */
export function summaryLine(summary: RunSummary): string {
  const hosts = count(Object.keys(summary.hosts).length, 'host');
  const parts =
    summary.mode === 'plan'
      ? [`Plan: ${summary.changed} to change`, `${summary.ok} as desired`]
      : [`Done: ${summary.changed} changed`, `${summary.ok} as desired`];
  if (summary.failed > 0) parts.push(`${summary.failed} failed`);
  if (summary.skipped > 0)
    parts.push(`${summary.skipped} ${summary.mode === 'plan' ? 'known later' : 'not reached'}`);
  if (summary.unreachable > 0) parts.push(`${count(summary.unreachable, 'host')} unreachable`);
  return `${parts.join(', ')}, on ${hosts} in ${duration(summary.seconds)}.`;
}

/** What became of one host, in a few words. */
export function hostLine(summary: RunSummary, host: string): string {
  const counts = summary.hosts[host];
  if (counts === undefined) return '';
  if (counts.outcome === 'unreachable') return 'unreachable';
  const parts = [
    `${counts.changed} ${summary.mode === 'plan' ? 'to change' : 'changed'}`,
    `${counts.ok} as desired`,
  ];
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.skipped > 0) parts.push(`${counts.skipped} not reached`);
  if (counts.outcome === 'locked') parts.push('held by another run');
  if (counts.outcome === 'interrupted') parts.push('left alone while it goes on');
  return parts.join(', ');
}

/** A failed task as a block: what, where, the end of its output, what it means, what to do. */
export function failureLines(event: TaskEnd): string[] {
  const { host, stage, task, title, detail } = event;
  return [
    `${host}: ${stage}/${task} failed: ${title}`,
    ...indent(detail.difference, 'differs: '),
    ...indent(detail.output, ''),
    ...pitfallLines(detail),
    `  To go on: provision up INVENTORY --stage ${stage} --host ${host}`,
  ];
}

function pitfallLines({ pitfall }: TaskDetail): string[] {
  if (pitfall === undefined) return [];
  return [
    `  This is the pitfall ${pitfall.id}: ${pitfall.meaning}`,
    ...pitfall.steps.map((step) => `    - ${step}`),
  ];
}

/** An error of a host as lines. */
export function errorLines(host: string, error: ProvisionError): string[] {
  const hint = error.hint === undefined ? [] : [`  ${error.hint}`];
  return [`${host}: ${error.message} (${error.code})`, ...hint];
}

/** How to watch a run again that was left alone. */
export function reattachLine(summary: RunSummary): string | undefined {
  const left = Object.entries(summary.hosts).filter(([, { outcome }]) => outcome === 'interrupted');
  if (summary.mode === 'plan' || left.length === 0) return undefined;
  return `The hosts end the play that they are in. To watch: provision up INVENTORY --attach`;
}

export function indent(text: string | undefined, prefix: string): string[] {
  if (text === undefined || text === '') return [];
  return text.split('\n').map((line, index) => `    ${index === 0 ? prefix : ''}${line}`);
}

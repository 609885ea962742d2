import type { RunSummary } from '../engine/events.js';
import { ExitCode } from '../errors.js';

/** "1 host", "3 hosts". */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Seconds as an operator reads them: 0.4 s, 12 s, 3 min 05 s. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/** The last line of a run. */
export function summaryLine(summary: RunSummary): string {
  const hosts = count(Object.keys(summary.hosts).length, 'host');
  const parts =
    summary.mode === 'plan'
      ? [`Plan: ${summary.changed} to change`, `${summary.ok} as desired`]
      : [`${upWord(summary.exitCode)}: ${summary.changed} changed`, `${summary.ok} as desired`];
  if (summary.failed > 0) parts.push(`${summary.failed} failed`);
  if (summary.skipped > 0)
    parts.push(`${summary.skipped} ${summary.mode === 'plan' ? 'known later' : 'not reached'}`);
  if (summary.unreachable > 0) parts.push(`${count(summary.unreachable, 'host')} unreachable`);
  return `${parts.join(', ')}, on ${hosts} in ${duration(summary.seconds)}.`;
}

function upWord(exitCode: number): string {
  if (exitCode === ExitCode.done) return 'Done';
  return exitCode === ExitCode.interrupted ? 'Stopped' : 'Not done';
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

/**
 * How to go on after an up that did not come to its end, and where to read what happened.
 * @param inventory as it stands in a command line
 * @param stages those of the run
 */
export function onwardLines(summary: RunSummary, inventory: string, stages: readonly string[]): string[] {
  const lines: string[] = [];
  const again =
    summary.mode === 'reset'
      ? `provision reset ${inventory} --stage ${stages.join()}`
      : `provision up ${inventory}`;
  const outcomes = new Set(Object.values(summary.hosts).map(({ outcome }) => outcome));
  if (outcomes.has('interrupted')) {
    lines.push(
      `The hosts end the play that they are in. To watch: provision up ${inventory} --attach`,
      `To go on: ${again}`,
    );
  } else if (outcomes.has('failed') || outcomes.has('unreachable') || outcomes.has('locked')) {
    lines.push(`To go on when that is mended: ${again}`);
  }
  if (summary.record !== undefined && lines.length > 0) lines.push(`The record: ${summary.record}`);
  return lines;
}

export function indent(text: string | undefined, prefix: string): string[] {
  if (text === undefined || text === '') return [];
  return text.split('\n').map((line, index) => `    ${index === 0 ? prefix : ''}${line}`);
}

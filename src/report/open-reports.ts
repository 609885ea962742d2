import type { RunEvent } from '../engine/events.js';
import type { Output } from '../cli/context.js';
import { jsonReport } from './json-report.js';
import type { Masker } from './mask.js';
import { plainReport } from './plain-report.js';
import { planReport } from './plan-report.js';
import type { Report } from './report.js';
import { runRecord } from './run-record.js';
import { terminalReport } from './terminal-report.js';

export const OUTPUTS = ['tty', 'plain', 'json'] as const;
export type OutputName = (typeof OUTPUTS)[number];

export interface ReportSettings {
  readonly output: OutputName;
  readonly mode: 'plan' | 'up';
  readonly stdout: Output;
  readonly masker: Masker;
  /** Folder of the run record; undefined for a plan. */
  readonly record: string | undefined;
}

/** The reports of a run behind one: every event is masked once, before any of them sees it. */
export function openReports(settings: ReportSettings): Report {
  const { masker, record } = settings;
  const reports = [displayed(settings), ...(record === undefined ? [] : [runRecord(record)])];
  return {
    event: (event: RunEvent) => {
      const masked = masker.maskAll(event);
      for (const report of reports) report.event(masked);
    },
    suspend: async () => {
      for (const report of reports) await report.suspend();
    },
    close: async () => {
      for (const report of reports) await report.close();
    },
  };
}

function displayed({ output, mode, stdout }: ReportSettings): Report {
  const write = (text: string): void => stdout.write(text);
  if (output === 'json') return jsonReport(write);
  if (mode === 'plan') return planReport(write);
  return output === 'tty' ? terminalReport(stdout) : plainReport(write);
}

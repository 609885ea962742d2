import type { Output } from '../cli/context.js';
import { jsonReport } from './json-report.js';
import { linePrinter } from './line-printer.js';
import type { Masker } from './mask.js';
import { eventMask } from './mask-event.js';
import { plainReport } from './plain-report.js';
import { planReport } from './plan-report.js';
import { type Report, simpleReport } from './report.js';
import { runRecord } from './run-record.js';
import { terminalReport } from './terminal-report.js';

export type OutputName = 'tty' | 'plain' | 'json';

export interface ReportSettings {
  /** Undefined where a command prints its own results. */
  readonly output: OutputName | undefined;
  readonly mode: 'plan' | 'up';
  readonly stdout: Output;
  readonly stderr: Output;
  readonly masker: Masker;
  /** The inventory as it stands in a command line. */
  readonly inventory: string;
  /** Folder of the run record; undefined for a plan. */
  readonly record: string | undefined;
}

/** The reports of a run behind one: every event is masked once, before any of them sees it. */
export function openReports(settings: ReportSettings): Report {
  const { masker, record, stderr } = settings;
  const shown = displayed(settings);
  const complain = (text: string): void => stderr.write(`${text}\n`);
  const reports = record === undefined ? [shown] : [shown, runRecord(record, complain)];
  const mask = eventMask(masker);
  return {
    event: (event) => {
      const masked = mask(event);
      for (const report of reports) report.event(masked);
    },
    quietly: shown.quietly,
    close: async () => {
      for (const report of reports) await report.close();
    },
  };
}

function displayed({ output, mode, stdout, inventory }: ReportSettings): Report {
  if (output === 'json') return jsonReport((text) => stdout.write(text));
  if (output === 'tty') return terminalReport(stdout, inventory);
  if (output === undefined) return simpleReport(() => undefined);
  return (mode === 'plan' ? planReport : plainReport)(linePrinter(stdout), inventory);
}

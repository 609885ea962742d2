import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RunEvent } from '../engine/events.js';
import { jsonRendering } from './json-report.js';
import { type Report, render } from './report.js';

/**
 * The record of a run on the controller: events.ndjson, a log a host, summary.json; only the user may read it.
 * `latest` beside it points at it.
 * @param folder `.provision/<cluster>/runs/<run>`
 */
export function runRecord(folder: string): Report {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const append = (name: string, text: string): void =>
    appendFileSync(join(folder, name), text, { mode: 0o600 });
  return {
    event: (event) => {
      const line = render(jsonRendering, event);
      if (line !== undefined) append('events.ndjson', `${JSON.stringify(line)}\n`);
      const log = logLine(event);
      if (log !== undefined) append(`${log.host}.log`, `${new Date(event.time).toISOString()} ${log.text}\n`);
      if (event.kind === 'run-end') {
        writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(event.summary, undefined, 2)}\n`, {
          mode: 0o600,
        });
      }
    },
    suspend: async () => undefined,
    close: async () => pointLatest(folder),
  };
}

function logLine(event: RunEvent): { host: string; text: string } | undefined {
  switch (event.kind) {
    case 'task-start':
      return { host: event.host, text: `${event.stage}/${event.task}: start: ${event.title}` };
    case 'task-output':
      return { host: event.host, text: `${event.stage}/${event.task}| ${event.line}` };
    case 'task-end': {
      const difference = event.detail.difference === undefined ? '' : `\n${event.detail.difference}`;
      return { host: event.host, text: `${event.stage}/${event.task}: ${event.status}${difference}` };
    }
    case 'connection-lost':
      return { host: event.host, text: `connection lost: ${event.reason}` };
    case 'reconnected':
      return { host: event.host, text: 'connected again' };
    case 'unreachable':
      return { host: event.host, text: `${event.error.message} (${event.error.code})` };
    default:
      return undefined;
  }
}

/** Replaced whole, so that two runs that end at once leave one good link. */
function pointLatest(folder: string): void {
  const link = join(dirname(folder), 'latest');
  const fresh = `${link}.${process.pid}`;
  rmSync(fresh, { force: true });
  symlinkSync(basename(folder), fresh);
  renameSync(fresh, link);
}

import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { RunEvent } from '../engine/events.js';
import { ExitCode, ProvisionError } from '../errors.js';
import { jsonRendering } from './json-report.js';
import { type Report, render, simpleReport } from './report.js';

/** Modes of the record: what a host prints is for the operator alone. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * The record of a run on the controller: events.ndjson, a log a host, summary.json; only the user may read it.
 * `latest` beside it points at the last one that came to its end.
 * @param folder `.provision/<cluster>/runs/<run>`
 * @param complain told once when the record can no longer be written (a full disk); the run goes on
 * @throws ProvisionError RECORD_NOT_WRITTEN when it cannot even be begun.
 */
export function runRecord(folder: string, complain: (text: string) => void): Report {
  let broken = false;
  const attempt = (write: () => void): void => {
    if (broken) return;
    try {
      write();
    } catch (error) {
      broken = true;
      complain(`The record ${folder} is incomplete: ${(error as Error).message}.`);
    }
  };
  createFolder(folder);
  let state: 'empty' | 'begun' | 'whole' = 'empty';
  const end = (): void => {
    if (state === 'whole') pointLatest(folder);
    // A run that was refused at once (a held lock) has nothing to tell.
    if (state === 'empty') rmdirSync(folder);
  };
  return simpleReport(
    (event) => {
      attempt(() => writeEvent(folder, event));
      state = event.kind === 'run-end' ? 'whole' : 'begun';
    },
    () => attempt(end),
  );
}

function createFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
  } catch (cause) {
    throw new ProvisionError(
      'RECORD_NOT_WRITTEN',
      `The record of the run cannot be written: ${(cause as Error).message}.`,
      {
        exitCode: ExitCode.usage,
        hint: 'It lies beside the inventory, in .provision; that folder must be yours to write.',
        cause,
      },
    );
  }
}

function writeEvent(folder: string, event: RunEvent): void {
  const line = render(jsonRendering, event);
  if (line !== undefined) append(join(folder, 'events.ndjson'), JSON.stringify(line));
  const log = logLine(event);
  if (log !== undefined) {
    append(join(folder, `${log.host}.log`), `${new Date(event.time).toISOString()} ${log.text}`);
  }
  if (event.kind === 'run-end') {
    const text = `${JSON.stringify(event.summary, undefined, 2)}\n`;
    writeFileSync(join(folder, 'summary.json'), text, { mode: FILE_MODE });
  }
}

function append(path: string, line: string): void {
  appendFileSync(path, `${line}\n`, { mode: FILE_MODE });
}

function logLine(event: RunEvent): { host: string; text: string } | undefined {
  switch (event.kind) {
    case 'connected':
      return { host: event.host, text: 'connected' };
    case 'task-start':
      return { host: event.host, text: `${event.stage}/${event.task}: start: ${event.title}` };
    case 'task-output':
      return { host: event.host, text: `${event.stage}/${event.task}| ${event.line}` };
    case 'task-end': {
      const difference = event.detail.difference === undefined ? '' : `\n${event.detail.difference}`;
      const notes = event.detail.notes.map((note) => `\nnote: ${note}`).join('');
      return { host: event.host, text: `${event.stage}/${event.task}: ${event.status}${difference}${notes}` };
    }
    case 'connection-lost':
      return { host: event.host, text: `connection lost: ${event.reason}` };
    case 'reconnected':
      return { host: event.host, text: 'connected again' };
    case 'unreachable':
      return { host: event.host, text: `${event.error.message} (${event.error.code})` };
    case 'notice':
      return event.host === undefined ? undefined : { host: event.host, text: event.text };
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

import type { RunEvent } from '../engine/events.js';
import { duration } from './sentences.js';

type State = 'waiting' | 'connecting' | 'ready' | 'running' | 'ok' | 'failed';

interface HostRow {
  state: State;
  /** What the host is at, or how it ended. */
  text: string;
  since: number;
  line: string;
  changed: number;
  done: number;
}

/** What each host is doing right now, as lines for a terminal. Knows nothing of how they are drawn. */
export class HostBoard {
  readonly #rows = new Map<string, HostRow>();
  #play = '';

  event(event: RunEvent): void {
    if (event.kind === 'run-start') {
      for (const host of event.hosts) this.#rows.set(host, newRow(event.time));
    } else if (event.kind === 'play-start') this.#play = `${event.stage}: ${event.title}`;
    else if ('host' in event && event.host !== undefined) this.#hostEvent(event, event.host);
  }

  /** The play that is running. */
  play(): string {
    return this.#play;
  }

  failed(host: string): boolean {
    return this.#rows.get(host)?.state === 'failed';
  }

  hosts(): string[] {
    return [...this.#rows.keys()];
  }

  /**
   * One line for each host in the inventory's order; with more hosts than `height` lines, those that failed or are at work
   * and, last, a count of the rest.
   */
  lines(now: number, width: number, height: number): string[] {
    const names = this.hosts();
    const longest = Math.max(0, ...names.map((name) => name.length));
    const shown = names.length <= height ? names : this.#mostTelling(height - 1);
    const lines = shown.map((name) => cut(`${name.padEnd(longest)}  ${this.#text(name, now)}`, width));
    if (shown.length < names.length) lines.push(cut(this.#restLine(new Set(shown)), width));
    return lines;
  }

  #hostEvent(event: RunEvent, host: string): void {
    const row = this.#rows.get(host);
    if (row === undefined) return;
    switch (event.kind) {
      case 'connecting':
        set(row, 'connecting', 'connecting', event.time);
        break;
      case 'connected':
        set(row, 'ready', 'looking', event.time);
        break;
      case 'connection-lost':
        set(row, 'connecting', 'connection lost, connecting again', event.time);
        break;
      case 'reconnected':
        set(row, 'running', 'connected again', event.time);
        break;
      case 'unreachable':
        set(row, 'failed', event.error.message, event.time);
        break;
      case 'task-start':
        set(row, 'running', `${event.stage}/${event.task}`, event.time);
        break;
      case 'task-output':
        row.line = event.line;
        break;
      case 'task-end':
        endTask(row, event);
        break;
      case 'host-end':
        if (event.outcome !== 'ok') row.state = 'failed';
        else if (row.state !== 'failed') row.state = 'ok';
        break;
      default:
        break;
    }
  }

  #text(name: string, now: number): string {
    const row = this.#rows.get(name);
    if (row === undefined) return '';
    const counts = `${row.done} done${row.changed > 0 ? `, ${row.changed} changed` : ''}`;
    if (row.state === 'ok') return counts;
    const elapsed = row.state === 'failed' ? '' : ` ${duration(Math.max(0, now - row.since) / 1000)}`;
    const line = row.line === '' ? '' : `  ${row.line}`;
    return `${row.text}${elapsed}${line}`;
  }

  #mostTelling(number: number): string[] {
    const weight = (name: string): number => WEIGHT[this.#rows.get(name)?.state ?? 'waiting'];
    const names = this.hosts().sort((a, b) => weight(a) - weight(b));
    return names.slice(0, Math.max(0, number));
  }

  #restLine(shown: ReadonlySet<string>): string {
    const rest = [...this.#rows].filter(([name]) => !shown.has(name)).map(([, row]) => row.state);
    const number = (states: readonly State[]): number =>
      rest.filter((state) => states.includes(state)).length;
    return `and ${rest.length} more: ${number(['running', 'connecting'])} at work, ${number(['ok'])} done, ${number(['failed'])} failed, ${number(['waiting', 'ready'])} waiting`;
  }
}

/** The order in which hosts are shown when not all can be. */
const WEIGHT: Readonly<Record<State, number>> = {
  failed: 0,
  running: 1,
  connecting: 2,
  ready: 3,
  waiting: 4,
  ok: 5,
};

function newRow(time: number): HostRow {
  return { state: 'waiting', text: 'waiting', since: time, line: '', changed: 0, done: 0 };
}

function set(row: HostRow, state: State, text: string, since: number): void {
  Object.assign(row, { state, text, since, line: '' });
}

function endTask(row: HostRow, event: Extract<RunEvent, { kind: 'task-end' }>): void {
  row.line = '';
  if (event.status === 'failed') {
    set(row, 'failed', `${event.stage}/${event.task} failed`, event.time);
    return;
  }
  if (event.status === 'ok' || event.status === 'changed') row.done += 1;
  if (event.status === 'changed') row.changed += 1;
}

/** Control characters in a host's output would move the cursor. */
function cut(text: string, width: number): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const clean = text.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]|[\u0000-\u001f\u007f]/g, '');
  return clean.length <= width ? clean : `${clean.slice(0, Math.max(0, width - 1))}…`;
}

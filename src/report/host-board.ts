import type { RunEvent } from '../engine/events.js';
import { cut, printable } from './printable.js';
import { type Rendering, render } from './report.js';
import { duration } from './sentences.js';

type State = 'waiting' | 'connecting' | 'ready' | 'running' | 'ok' | 'failed';

interface HostRow {
  state: State;
  /** What the host is at, or how it ended. */
  text: string;
  /** Since when, in milliseconds. */
  since: number;
  /** The last line of output of the running task. */
  line: string;
  changed: number;
  done: number;
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

/** What each host is doing right now, as lines for a terminal. Knows nothing of how they are drawn. */
export class HostBoard {
  readonly #rows = new Map<string, HostRow>();
  readonly #rendering: Rendering<void>;
  #play = 'connecting and looking at the hosts';
  #notice = '';

  constructor() {
    this.#rendering = this.#createRendering();
  }

  event(event: RunEvent): void {
    render(this.#rendering, event);
  }

  /** Number of hosts in the run. */
  get size(): number {
    return this.#rows.size;
  }

  /**
   * The play that is running, or what the run has to say; then one line for each host in the inventory's order; with more hosts than `height` lines, those
   * that failed or are at work and, last, a count of the rest. No line takes more than `width` columns.
   */
  lines(now: number, width: number, height: number): string[] {
    const names = [...this.#rows.keys()];
    const longest = Math.max(0, ...names.map((name) => name.length));
    const shown = names.length <= height ? names : this.#mostTelling(height - 1);
    const lines = [
      this.#notice === '' ? this.#play : this.#notice,
      ...shown.map((name) => `${name.padEnd(longest)}  ${this.#text(name, now)}`),
    ];
    if (shown.length < names.length) lines.push(this.#restLine(new Set(shown)));
    return lines.map((line) => cut(printable(line), width));
  }

  #createRendering(): Rendering<void> {
    return {
      'run-start': ({ hosts, time }) => {
        for (const host of hosts) this.#rows.set(host, newRow(time));
      },
      connecting: ({ host, time }) => this.#set(host, 'connecting', 'connecting', time),
      connected: ({ host, time }) => this.#set(host, 'ready', 'looking', time),
      'connection-lost': ({ host, time }) =>
        this.#set(host, 'connecting', 'connection lost, connecting again', time),
      reconnected: ({ host, time }) => this.#set(host, 'running', 'connected again', time),
      unreachable: ({ host, error, time }) =>
        this.#set(host, 'failed', withoutName(host, error.message), time),
      'play-start': ({ stage, title, hosts }) => {
        this.#play = `${stage}: ${title}`;
        for (const host of hosts) this.#waitInPlay(host);
      },
      'task-start': ({ stage, task, host, time }) => this.#set(host, 'running', `${stage}/${task}`, time),
      'task-output': ({ host, line }) => {
        const row = this.#rows.get(host);
        if (row !== undefined) row.line = line;
      },
      'task-end': (event) => this.#endTask(event),
      'host-end': ({ host, outcome, time }) => this.#endPlay(host, outcome, time),
      notice: ({ host, text, time }) => {
        if (host === undefined) this.#notice = text;
        else this.#set(host, 'running', text, time);
      },
      'run-end': () => undefined,
    };
  }

  #set(host: string, state: State, text: string, since: number): void {
    const row = this.#rows.get(host);
    if (row !== undefined) Object.assign(row, { state, text, since, line: '' });
  }

  /** A host that has not begun the play yet shows what it has done so far. */
  #waitInPlay(host: string): void {
    const row = this.#rows.get(host);
    if (row !== undefined && row.state !== 'failed') row.state = 'ok';
  }

  #endTask({ host, stage, task, status, time }: Extract<RunEvent, { kind: 'task-end' }>): void {
    const row = this.#rows.get(host);
    if (row === undefined) return;
    row.line = '';
    if (status === 'failed') this.#set(host, 'failed', `${stage}/${task} failed`, time);
    else if (status !== 'skipped') row.done += 1;
    if (status === 'changed' || status === 'change') row.changed += 1;
  }

  #endPlay(host: string, outcome: string, time: number): void {
    const row = this.#rows.get(host);
    if (row === undefined || row.state === 'failed') return;
    if (outcome === 'ok') row.state = 'ok';
    else this.#set(host, 'failed', outcome, time);
  }

  #text(name: string, now: number): string {
    const row = this.#rows.get(name);
    if (row === undefined) return '';
    if (row.state === 'ok') return `${row.done} done${row.changed > 0 ? `, ${row.changed} changed` : ''}`;
    const elapsed = row.state === 'failed' ? '' : ` ${duration(Math.max(0, now - row.since) / 1000)}`;
    const line = row.line === '' ? '' : `  ${row.line}`;
    return `${row.text}${elapsed}${line}`;
  }

  /** Those that failed, but in no more than half of the lines while others are at work; in the inventory's order. */
  #mostTelling(number: number): string[] {
    const ordered = [...this.#rows].sort(([, a], [, b]) => WEIGHT[a.state] - WEIGHT[b.state]);
    const failed = ordered.filter(([, { state }]) => state === 'failed');
    const others = ordered.slice(failed.length);
    const room = Math.max(0, number);
    const forFailed = Math.max(Math.ceil(room / 2), room - others.length);
    const chosen = [...failed.slice(0, forFailed), ...others].slice(0, room).map(([name]) => name);
    return [...this.#rows.keys()].filter((name) => chosen.includes(name));
  }

  #restLine(shown: ReadonlySet<string>): string {
    const rest = [...this.#rows].filter(([name]) => !shown.has(name)).map(([, row]) => row.state);
    const number = (...states: State[]): number => rest.filter((state) => states.includes(state)).length;
    return `and ${rest.length} more: ${number('running', 'connecting')} at work, ${number('ok')} done, ${number('failed')} failed, ${number('waiting', 'ready')} waiting`;
  }
}

function newRow(time: number): HostRow {
  return { state: 'waiting', text: 'waiting', since: time, line: '', changed: 0, done: 0 };
}

/** The row begins with the host already: of "Cannot connect to node1: no route." it needs "no route." */
function withoutName(host: string, message: string): string {
  const named = [`${host}: `, `${host} `].find((name) => message.includes(name));
  return named === undefined ? message : message.slice(message.indexOf(named) + named.length);
}

import type { TaskDetail, TaskStatus } from './events.js';
import { notesOf } from './notes.js';
import type { HostEvent } from './protocol.js';
import type { Task } from './task.js';

/** What the tracker needs to know of a task; a run that is attached to tells no more. */
export interface TrackedTask {
  readonly id: string;
  readonly title: string;
  /** Without an apply: when it differs it has failed. */
  readonly proof: boolean;
  readonly outputName: string | undefined;
}

export function tracked(task: Task): TrackedTask {
  return { id: task.id, title: task.title, proof: task.apply === undefined, outputName: task.output?.name };
}

/** Told about each task as its run goes on. */
export interface TaskListener {
  readonly started: (task: TrackedTask) => void;
  readonly line: (task: TrackedTask, line: string) => void;
  readonly ended: (task: TrackedTask, status: TaskStatus, detail: TaskDetail, seconds: number) => void;
}

export const NO_DETAIL: TaskDetail = {
  difference: undefined,
  output: undefined,
  knownAfter: undefined,
  pitfall: undefined,
  notes: [],
};

/** Lines of a failed task's output that are worth showing. */
const LAST_LINES = 40;

/** Turns a host's events into the course of each task. */
export class TaskTracker {
  readonly #tasks: readonly TrackedTask[];
  readonly #listener: TaskListener;
  readonly #outputs = new Map<string, string>();
  /** Output not yet given to an event, and the offset at which it begins. */
  #pending: Buffer = Buffer.alloc(0);
  #base = 0;
  /** Events whose output has not all come. */
  readonly #events: HostEvent[] = [];
  /** Output up to here has been told line by line. */
  #shown = 0;
  #partialLine = '';
  #current: { task: TrackedTask; since: number; difference: string; applied: string } | undefined;
  #next = 0;
  #exitCode: number | undefined;

  constructor(tasks: readonly TrackedTask[], listener: TaskListener) {
    this.#tasks = tasks;
    this.#listener = listener;
  }

  running(): boolean {
    return this.#current !== undefined;
  }

  succeeded(): boolean {
    return this.#exitCode === 0;
  }

  /** Tasks whose end was seen. */
  seen(): number {
    return this.#next;
  }

  /** Following begins anew after a lost connection: values that came half are sent whole again. */
  resumed(): void {
    if (this.#exitCode !== undefined) this.#pending = Buffer.alloc(0);
  }

  outputs(): ReadonlyMap<string, string> {
    return this.#outputs;
  }

  output(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    this.#advance();
  }

  event(event: HostEvent): void {
    this.#events.push(event);
    this.#advance();
  }

  /** Events wait for the output before them, and output is shown for the task that was running when it was written. */
  #advance(): void {
    for (;;) {
      const [next] = this.#events;
      const boundary = next === undefined ? Number.POSITIVE_INFINITY : offsetOf(next);
      this.#showLines(boundary);
      if (next === undefined || boundary > this.#base + this.#pending.length) return;
      this.#events.shift();
      this.#happen(next);
    }
  }

  #showLines(boundary: number): void {
    if (this.#current === undefined) return;
    const to = Math.min(boundary, this.#base + this.#pending.length);
    const from = Math.max(this.#shown, this.#base);
    if (to <= from) return;
    this.#shown = to;
    const news = this.#pending.subarray(from - this.#base, to - this.#base);
    const lines = (this.#partialLine + news.toString('utf8')).split(/[\r\n]+/);
    this.#partialLine = lines.pop() ?? '';
    for (const line of lines) if (line !== '') this.#listener.line(this.#current.task, line);
  }

  #happen(event: HostEvent): void {
    switch (event.t) {
      case 'start':
        this.#take(event.o);
        this.#start(event.i);
        break;
      case 'check':
        this.#checked(event.rc, this.#take(event.o));
        break;
      case 'apply':
        if (this.#current !== undefined) this.#current.applied = this.#take(event.o);
        break;
      case 'verify':
        this.#verified(event.rc, this.#take(event.o));
        break;
      case 'output':
        this.#takeOutput(event.i);
        break;
      case 'end':
        this.#take(event.o);
        this.#exitCode = event.rc;
        break;
      default:
        break;
    }
  }

  #start(index: number): void {
    const task = this.#tasks[index];
    if (task === undefined) return;
    this.#partialLine = '';
    this.#current = { task, since: Date.now(), difference: '', applied: '' };
    this.#listener.started(task);
  }

  /** A check that differs is not the end of a task that can be applied; a failed one and a proof are. */
  #checked(code: number, text: string): void {
    if (this.#current === undefined) return;
    if (code === 0) this.#end('ok', { ...NO_DETAIL, notes: notesOf(text) });
    else if (code === 1 && !this.#current.task.proof) this.#current.difference = text;
    else this.#end('failed', { ...NO_DETAIL, output: lastLines(text) });
  }

  #verified(code: number, text: string): void {
    if (this.#current === undefined) return;
    const { difference, applied } = this.#current;
    const shown = difference.trim() === '' ? undefined : difference.trimEnd();
    if (code === 0) this.#end('changed', { ...NO_DETAIL, difference: shown, notes: notesOf(text) });
    else this.#end('failed', { ...NO_DETAIL, difference: shown, output: lastLines(applied + text) });
  }

  #end(status: TaskStatus, detail: TaskDetail): void {
    if (this.#current === undefined) return;
    const { task, since } = this.#current;
    this.#current = undefined;
    this.#next += 1;
    this.#listener.ended(task, status, detail, (Date.now() - since) / 1000);
  }

  #takeOutput(index: number): void {
    const name = this.#tasks[index]?.outputName;
    if (name !== undefined) this.#outputs.set(name, this.#pending.toString('utf8').trimEnd());
    this.#pending = Buffer.alloc(0);
  }

  /** The output up to an offset of the run's output file. */
  #take(offset: number | undefined): string {
    const length = offset === undefined ? this.#pending.length : Math.max(0, offset - this.#base);
    const text = this.#pending.subarray(0, length).toString('utf8');
    this.#pending = this.#pending.subarray(length);
    this.#base += length;
    return text;
  }
}

/** How far the output must have come before an event can be understood. */
function offsetOf(event: HostEvent): number {
  return 'o' in event && event.o !== undefined ? event.o : 0;
}

function lastLines(text: string): string | undefined {
  const kept = text.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
  return kept === '' ? undefined : kept;
}

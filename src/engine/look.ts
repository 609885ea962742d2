import { ProvisionError } from '../errors.js';
import type { Connection } from '../ssh/connection.js';
import { lookProgram } from './compile.js';
import type { HostPlay } from './host-play.js';
import { type HostEvent, ProtocolReader, type RunOwner } from './protocol.js';
import type { Session } from './session.js';
import type { Task } from './task.js';

/** What a check said of one task, nothing having been changed. */
export interface Judgement {
  readonly task: Task;
  /** `unknown`: a proof that cannot be made before an earlier task has changed something, or that was never reached. */
  readonly status: 'ok' | 'change' | 'failed' | 'unknown';
  /** The earlier task that must change first. */
  readonly knownAfter: string | undefined;
  /** What the check printed. */
  readonly text: string;
  /** The value that the task hands to later plays, when it is as desired. */
  readonly output: string | undefined;
}

export interface Look {
  /** One for each task of each play, in order. */
  readonly judgements: readonly (readonly Judgement[])[];
  /** Someone is at work on the host right now; what was seen may be half done. `null`: someone unknown. */
  readonly holder: RunOwner | null | undefined;
}

/** Milliseconds beyond a check's own limit before the host is thought to hang. */
const GRACE = 5_000;

/**
 * Judges all tasks of some plays on a host in one round trip.
 * A check that outlives its limit is reported as failed, and those behind it as unknown.
 * @param elsewhere tasks of other hosts, as `HOST:ID`, that would change something
 */
export function look(
  session: Session,
  plays: readonly HostPlay[],
  signal: AbortSignal,
  elsewhere: readonly string[] = [],
): Promise<Look> {
  return session.use((connection) => lookOnce(connection, plays, signal, elsewhere));
}

async function lookOnce(
  connection: Connection,
  plays: readonly HostPlay[],
  signal: AbortSignal,
  elsewhere: readonly string[],
): Promise<Look> {
  const collector = new JudgementCollector(plays.flatMap((play) => play.tasks));
  const hang = new AbortController();
  let timer = setTimeout(() => hang.abort(), collector.limit());
  const reader = new ProtocolReader({
    onEvent: (event) => {
      collector.event(event);
      clearTimeout(timer);
      timer = setTimeout(() => hang.abort(), collector.limit());
    },
    onOutput: (chunk) => collector.output(chunk),
  });
  try {
    const result = await connection.execRoot(lookProgram(plays, elsewhere), {
      onStdout: (chunk) => reader.push(chunk),
      signal: AbortSignal.any([signal, hang.signal]),
    });
    collector.ended(connection.host, result.code, result.stderr.toString('utf8'));
  } catch (error) {
    if (!hang.signal.aborted || signal.aborted) throw error;
    await stopLook(connection, collector.pid);
    collector.hung();
  } finally {
    clearTimeout(timer);
  }
  return { judgements: splitByPlay(collector.judgements(), plays), holder: collector.holder };
}

/** The whole process group of the look, so that the command that hangs goes too. */
async function stopLook(connection: Connection, pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  const script = `group=$(ps -o pgid= -p ${pid} | tr -d ' ') && kill -TERM -- "-$group"`;
  await connection.execRoot(script, { timeout: GRACE }).catch(() => undefined);
}

function splitByPlay(all: readonly Judgement[], plays: readonly HostPlay[]): Judgement[][] {
  let from = 0;
  return plays.map((play) => {
    const slice = all.slice(from, from + play.tasks.length);
    from += play.tasks.length;
    return slice;
  });
}

class JudgementCollector {
  pid: number | undefined;
  holder: RunOwner | null | undefined;
  readonly #tasks: readonly Task[];
  readonly #judgements: Judgement[] = [];
  #text = '';
  #done = false;

  constructor(tasks: readonly Task[]) {
    this.#tasks = tasks;
  }

  judgements(): readonly Judgement[] {
    return this.#judgements;
  }

  /** Milliseconds within which the next event must come. */
  limit(): number {
    return (this.#tasks[this.#judgements.length]?.timeout.check ?? 30) * 1000 + GRACE;
  }

  output(chunk: Buffer): void {
    this.#text += chunk.toString('utf8');
  }

  event(event: HostEvent): void {
    if (event.t === 'look') this.pid = event.pid;
    else if (event.t === 'busy') this.holder = event.owner;
    else if (event.t === 'check') this.#judge(event.i, statusOf(this.#tasks[event.i], event.rc), undefined);
    else if (event.t === 'after') this.#judge(event.i, pendingStatus(this.#tasks[event.i]), event.on);
    else if (event.t === 'output') this.#takeOutput(event.i);
    else if (event.t === 'done') this.#done = true;
  }

  hung(): void {
    const task = this.#tasks[this.#judgements.length];
    if (task === undefined) return;
    this.#text += `The check did not end within ${task.timeout.check} s.\n`;
    this.#judge(this.#judgements.length, 'failed', undefined);
    for (let index = this.#judgements.length; index < this.#tasks.length; index += 1) {
      this.#judge(index, 'unknown', undefined);
    }
  }

  ended(host: string, code: number, stderr: string): void {
    if (this.#done && this.#judgements.length === this.#tasks.length) return;
    throw new ProvisionError(
      'LOOK_BROKEN',
      `Looking at the state of ${host} ended early with exit code ${code}: ${stderr.trim() || 'no message'}.`,
      {
        host,
        hint: `Try "provision render STAGE --host ${host}" and run the program by hand to see where it stops.`,
      },
    );
  }

  #judge(index: number, status: Judgement['status'], knownAfter: string | undefined): void {
    const task = this.#tasks[index];
    if (task === undefined) return;
    this.#judgements[index] = { task, status, knownAfter, text: this.#text.trimEnd(), output: undefined };
    this.#text = '';
  }

  #takeOutput(index: number): void {
    const judgement = this.#judgements[index];
    if (judgement !== undefined) this.#judgements[index] = { ...judgement, output: this.#text.trimEnd() };
    this.#text = '';
  }
}

function statusOf(task: Task | undefined, code: number): Judgement['status'] {
  if (code === 0) return 'ok';
  return code === 1 && task?.apply !== undefined ? 'change' : 'failed';
}

function pendingStatus(task: Task | undefined): Judgement['status'] {
  return task?.apply === undefined ? 'unknown' : 'change';
}

import { ProvisionError } from '../errors.js';
import type { Connection } from '../ssh/connection.js';
import { applyProgram, followProgram, type RunFolder, runFolderPath } from './compile.js';
import type { HostPlay } from './host-play.js';
import { ProtocolReader, type RunOwner } from './protocol.js';
import type { Session } from './session.js';
import { type TaskListener, TaskTracker, tracked } from './task-tracker.js';

/** How a play ended on a host. */
export type PlayEnd =
  | { readonly kind: 'ended'; readonly ok: boolean; readonly outputs: ReadonlyMap<string, string> }
  | { readonly kind: 'busy'; readonly owner: RunOwner | null }
  /** Following was given up on the operator's wish; the host goes on to the end of the play. */
  | { readonly kind: 'detached' };

export interface FollowSignals {
  /** Stop following after the running task. */
  readonly softStop: AbortSignal;
  /** Stop following at once. */
  readonly hardStop: AbortSignal;
}

/** Runs a play on a host, detached, and follows it to its end through lost connections. */
export function runPlay(
  session: Session,
  play: HostPlay,
  folder: RunFolder,
  listener: TaskListener,
  signals: FollowSignals,
): Promise<PlayEnd> {
  const path = runFolderPath(play, folder);
  const follower = new Follower(new TaskTracker(play.tasks.map(tracked), listener), signals);
  // Sent again, the program only follows what it started before: its run folder is claimed once.
  return follower.follow(session, () => applyProgram(play, folder), path);
}

/** Follows a run that another controller started, from its beginning. */
export function followPlay(
  session: Session,
  path: string,
  tracker: TaskTracker,
  signals: FollowSignals,
): Promise<PlayEnd> {
  return new Follower(tracker, signals).follow(session, () => followProgram(path, 0, 0), path);
}

class Follower {
  readonly #tracker: TaskTracker;
  readonly #signals: FollowSignals;
  readonly #detach = new AbortController();
  #offsets = { events: 0, out: 0 };
  #problem: 'absent' | 'gone' | 'flock' | undefined;
  #busy: { owner: RunOwner | null } | undefined;
  #done = false;
  /** Tasks whose end was seen before the latest news. */
  #ended = 0;

  constructor(tracker: TaskTracker, signals: FollowSignals) {
    this.#tracker = tracker;
    this.#signals = signals;
  }

  async follow(session: Session, start: () => string, path: string): Promise<PlayEnd> {
    try {
      await session.use((connection) => this.#exec(connection, start, path));
    } catch (error) {
      if (this.#detach.signal.aborted || this.#signals.hardStop.aborted) return { kind: 'detached' };
      throw error;
    }
    if (this.#busy !== undefined) return { kind: 'busy', owner: this.#busy.owner };
    if (this.#problem !== undefined) throw runLost(session.host, path, this.#problem);
    return { kind: 'ended', ok: this.#tracker.succeeded(), outputs: this.#tracker.outputs() };
  }

  async #exec(connection: Connection, start: () => string, path: string): Promise<void> {
    const { events, out } = this.#offsets;
    this.#tracker.resumed();
    const reader = this.#reader();
    const program = events === 0 && out === 0 ? start() : followProgram(path, events, out);
    const result = await connection.execRoot(program, {
      onStdout: (chunk) => {
        reader.push(chunk);
        this.#offsets = { ...reader.offsets };
      },
      signal: AbortSignal.any([this.#signals.hardStop, this.#detach.signal]),
    });
    if (!this.#done && this.#problem === undefined) {
      throw new ProvisionError(
        'RUN_START',
        `The program could not be started on ${connection.host}: ${result.stderr.toString('utf8').trim() || `exit code ${result.code}`}.`,
        {
          host: connection.host,
          hint: 'Look at free space in /run and at the message above, then run again.',
        },
      );
    }
  }

  #reader(): ProtocolReader {
    return new ProtocolReader(
      {
        onEvent: (event) => {
          if (event.t === 'done') this.#done = true;
          else if (event.t === 'absent' || event.t === 'gone') this.#problem = event.t;
          else if (event.t === 'missing') this.#problem = 'flock';
          else if (event.t === 'busy') this.#busy = { owner: event.owner };
          else this.#tracker.event(event);
          this.#stopBetweenTasks();
        },
        onOutput: (chunk) => {
          this.#tracker.output(chunk);
          this.#stopBetweenTasks();
        },
      },
      { ...this.#offsets },
    );
  }

  /** One piece of news may end a task and start the next one: that counts as an end too. */
  #stopBetweenTasks(): void {
    const before = this.#ended;
    this.#ended = this.#tracker.seen();
    const between = !this.#tracker.running() || this.#ended > before;
    if (this.#signals.softStop.aborted && between) this.#detach.abort();
  }
}

const LOST = {
  absent: 'its run folder is gone, so the host was restarted meanwhile',
  gone: 'the program on the host was killed before it ended',
  flock: 'the host has no "flock" command (package util-linux), which guards against two runs at once',
} as const;

function runLost(host: string, path: string, problem: keyof typeof LOST): ProvisionError {
  return new ProvisionError('RUN_LOST', `The run on ${host} did not reach its end: ${LOST[problem]}.`, {
    host,
    hint:
      problem === 'flock'
        ? `Install util-linux on ${host}.`
        : `Run again: every task looks at the state first. What ran is in /run/provision/${path} on ${host}.`,
  });
}

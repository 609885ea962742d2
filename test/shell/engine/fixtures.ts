import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { HostPlay } from '../../../src/engine/host-play.js';
import type { FollowSignals } from '../../../src/engine/run-play.js';
import { Session } from '../../../src/engine/session.js';
import type { Task } from '../../../src/engine/task.js';
import type { TaskListener } from '../../../src/engine/task-tracker.js';
import { type Script, sh } from '../../../src/shell/script.js';
import type { Shell } from '../run-task.js';
import { type LocalHost, localConnection } from './local-connection.js';

/** A local host with folders of its own; call inside `it`. */
export async function localHost(
  shell: Shell,
  name = 'node1',
): Promise<LocalHost & { readonly base: string }> {
  const base = await mkdtemp(join(tmpdir(), 'provision-engine-'));
  // A run that was left alone may still write its last records.
  onTestFinished(() => rm(base, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const env = { PROVISION_RUN_ROOT: join(base, 'run'), STATE: join(base, 'state') };
  return { name, shell: shell.command, env, base };
}

/** What the session told of its connection. */
export interface SessionLog {
  readonly session: Session;
  readonly told: string[];
}

export async function openSession(host: LocalHost): Promise<SessionLog> {
  const told: string[] = [];
  const session = new Session(
    host.name,
    async () => localConnection(host),
    { lost: () => told.push('lost'), back: () => told.push('back') },
    new AbortController().signal,
  );
  await session.open();
  return { session, told };
}

/** A task that makes a file with some content. */
export function fileTask(id: string, path: string, content: string): Task {
  return task(id, {
    check: sh`[ "$(cat ${path} 2>/dev/null)" = ${content} ] || { echo ${`${path} differs`}; exit 1; }`,
    apply: sh`printf '%s\n' ${content} >${path}`,
  });
}

export function task(id: string, parts: { check: Script; apply?: Script } & Partial<Task>): Task {
  return { id, title: `the state of ${id}`, timeout: { check: 5, apply: 20 }, ...parts };
}

export function play(tasks: readonly Task[], secrets: Readonly<Record<string, string>> = {}): HostPlay {
  return { stage: 'test', play: 'things', tasks, secrets };
}

export interface Told {
  readonly listener: TaskListener;
  /** `id status`, in order. */
  readonly ends: string[];
  readonly lines: string[];
  readonly details: Map<string, string>;
}

export function tellingListener(): Told {
  const ends: string[] = [];
  const lines: string[] = [];
  const details = new Map<string, string>();
  return {
    ends,
    lines,
    details,
    listener: {
      started: () => undefined,
      line: (_task, line) => lines.push(line),
      ended: ({ id }, status, detail) => {
        ends.push(`${id} ${status}`);
        details.set(id, detail.output ?? detail.difference ?? '');
      },
    },
  };
}

let sequence = 0;

export function runFolder(run = 'R1') {
  sequence += 1;
  const owner = { run, user: 'me', controller: 'here', pid: 1, since: '2026-01-01T00:00:00Z' };
  return { run, sequence, owner: JSON.stringify(owner) };
}

export function signals(): FollowSignals {
  return { softStop: new AbortController().signal, hardStop: new AbortController().signal };
}

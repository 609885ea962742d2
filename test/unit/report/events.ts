import type { RunEvent, RunSummary, TaskStatus } from '../../../src/engine/events.js';
import { NO_DETAIL } from '../../../src/engine/task-tracker.js';
import { ExitCode, ProvisionError } from '../../../src/errors.js';

/** Noon UTC; reports print local time, so the tests set TZ. */
export const NOON = Date.UTC(2026, 0, 2, 12, 0, 0);

const PLACE = { stage: 'docker', play: 'engine' };

export function taskEnd(
  host: string,
  task: string,
  status: TaskStatus,
  detail: Partial<typeof NO_DETAIL> = {},
): Extract<RunEvent, { kind: 'task-end' }> {
  return {
    kind: 'task-end',
    time: NOON + 2000,
    ...PLACE,
    host,
    task,
    title: `${task} is right`,
    status,
    seconds: 1.5,
    detail: { ...NO_DETAIL, ...detail },
  };
}

export function summary(mode: 'plan' | 'up', more: Partial<RunSummary> = {}): RunSummary {
  const host = { ok: 1, changed: 1, failed: 0, skipped: 0, outcome: 'ok' as const };
  return {
    mode,
    run: 'R1',
    ok: 3,
    changed: 2,
    failed: 1,
    skipped: 1,
    unreachable: 1,
    seconds: 4.25,
    hosts: {
      node1: host,
      node2: { ...host, failed: 1, skipped: 1, outcome: 'failed' },
      node3: { ...host, outcome: 'unreachable' },
    },
    exitCode: 1,
    record: undefined,
    ...more,
  };
}

/** A run in which a bit of everything happens. */
export function storyOf(mode: 'plan' | 'up'): RunEvent[] {
  const hosts = ['node1', 'node2', 'node3'];
  const diff = '--- /etc/x\n+++ /etc/x (declared)\n@@ -1 +1 @@\n-a\n+b';
  const status = mode === 'plan' ? 'change' : 'changed';
  return [
    { kind: 'run-start', time: NOON, mode, run: 'R1', cluster: 'lab', hosts, stages: ['docker'] },
    ...hosts.map((host) => ({ kind: 'connecting' as const, time: NOON, host })),
    { kind: 'connected', time: NOON, host: 'node1' },
    { kind: 'connected', time: NOON, host: 'node2' },
    {
      kind: 'unreachable',
      time: NOON + 1000,
      host: 'node3',
      error: new ProvisionError(
        'SSH_REFUSED',
        'Cannot connect to node3: 10.0.0.13 port 22 refused the connection.',
        {
          hint: 'Is sshd running there?',
          exitCode: ExitCode.unreachable,
        },
      ),
    },
    { kind: 'play-start', time: NOON + 1000, ...PLACE, title: 'Docker Engine', hosts: ['node1', 'node2'] },
    taskEnd('node1', 'docker-packages', 'ok'),
    taskEnd('node2', 'docker-packages', 'ok'),
    {
      kind: 'task-start',
      time: NOON + 1000,
      ...PLACE,
      host: 'node1',
      task: 'docker-daemon-json',
      title: 'x',
    },
    {
      kind: 'task-output',
      time: NOON + 1500,
      ...PLACE,
      host: 'node1',
      task: 'docker-daemon-json',
      title: 'x',
      line: 'writing',
    },
    {
      kind: 'task-output',
      time: NOON + 1600,
      ...PLACE,
      host: 'node1',
      task: 'docker-daemon-json',
      title: 'x',
      line: 'soon after',
    },
    taskEnd('node1', 'docker-daemon-json', status, { difference: diff }),
    taskEnd('node2', 'docker-daemon-json', status, { difference: diff }),
    { kind: 'connection-lost', time: NOON + 2000, host: 'node1', reason: 'The connection broke.' },
    { kind: 'reconnected', time: NOON + 3000, host: 'node1' },
    taskEnd('node2', 'docker-service', 'failed', {
      output: 'unable to configure the Docker daemon\nunknown key: graph',
      pitfall: {
        id: 'docker-graph-key',
        line: 'unknown key: graph',
        meaning: 'The key has another name now.',
        steps: ['provision stage docker'],
      },
    }),
    taskEnd('node2', 'docker-proof', 'skipped'),
    { kind: 'host-end', time: NOON + 4000, ...PLACE, host: 'node1', outcome: 'ok' },
    { kind: 'host-end', time: NOON + 4000, ...PLACE, host: 'node2', outcome: 'failed' },
    { kind: 'notice', time: NOON + 4000, host: undefined, text: 'a thing worth knowing' },
    { kind: 'run-end', time: NOON + 4250, summary: summary(mode) },
  ];
}

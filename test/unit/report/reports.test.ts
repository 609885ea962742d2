import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { RunEvent } from '../../../src/engine/events.js';
import { ProvisionError } from '../../../src/errors.js';
import { Masker } from '../../../src/report/mask.js';
import { changedText } from '../../../src/report/plan-text.js';
import { openReports, type ReportSettings } from '../../../src/report/open-reports.js';
import { NOON, storyOf, summary, taskEnd } from './events.js';
import { keepingOutput } from './outputs.js';
import { LINES } from './ndjson-lines.js';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

/** What an output says of these events. */
function told(
  output: ReportSettings['output'],
  events: readonly RunEvent[],
  more: { readonly colour?: boolean; readonly secrets?: readonly string[] } = {},
): string {
  const stdout = keepingOutput({ colour: more.colour ?? false });
  const mode = events.some((event) => event.kind === 'run-end' && event.summary.mode === 'plan')
    ? 'plan'
    : 'up';
  const masker = new Masker(more.secrets ?? []);
  const inventory = 'lab.yaml';
  const report = openReports({
    output,
    mode,
    stdout,
    stderr: keepingOutput(),
    masker,
    inventory,
    record: undefined,
  });
  for (const event of events) report.event(event);
  return stdout.text();
}

describe('the plain report', () => {
  it('says each thing that happens in a line, and only counts what is as desired', () => {
    expect(told('plain', storyOf('up'))).toBe(`12:00:00 run R1 on lab (node1, node2, node3): docker
12:00:00 node1: connected
12:00:00 node2: connected
12:00:01 Cannot connect to node3: 10.0.0.13 port 22 refused the connection. (SSH_REFUSED)
12:00:01   Is sshd running there?
12:00:01 docker: Docker Engine
12:00:01 node1: docker/docker-daemon-json: writing
12:00:02 node1: docker/docker-daemon-json: changed: docker-daemon-json is right
12:00:02 node2: docker/docker-daemon-json: changed: docker-daemon-json is right
12:00:02 node1: connection lost: The connection broke. Connecting again.
12:00:03 node1: connected again
12:00:02 node2: docker/docker-service failed: docker-service is right
12:00:02     unable to configure the Docker daemon
12:00:02     unknown key: graph
12:00:02   This is the pitfall docker-graph-key: The key has another name now.
12:00:02     1. provision stage docker
12:00:02   To try again: provision up lab.yaml --stage docker --host node2
12:00:04 node2: docker: failed
12:00:04 a thing worth knowing
12:00:04 node1: 1 changed, 1 as desired
12:00:04 node2: 1 changed, 1 as desired, 1 failed, 1 not reached
12:00:04 node3: unreachable
12:00:04 To go on when that is mended: provision up lab.yaml
12:00:04 Not done: 2 changed, 3 as desired, 1 failed, 1 not reached, 1 host unreachable, on 3 hosts in 4.3 s.
`);
  });
});

describe('the plan report', () => {
  it('shows the same change on several hosts once, as a diff, and the sum last', () => {
    expect(told('plain', storyOf('plan'))).toBe(`docker:
  ~ docker-daemon-json: docker-daemon-json is right  [node1, node2]
    --- /etc/x
    +++ /etc/x (declared)
    @@ -1 +1 @@
    -a
    +b

node2: docker/docker-service failed: docker-service is right
    unable to configure the Docker daemon
    unknown key: graph
  This is the pitfall docker-graph-key: The key has another name now.
    1. provision stage docker
  To try again: provision plan lab.yaml --stage docker --host node2

Cannot connect to node3: 10.0.0.13 port 22 refused the connection. (SSH_REFUSED)
  Is sshd running there?

a thing worth knowing

Plan: 2 to change, 3 as desired, 1 failed, 1 known later, 1 host unreachable, on 3 hosts in 4.3 s.
`);
  });

  it('marks what is only known after another change', () => {
    const event = taskEnd('node1', 'docker-restart', 'change', { knownAfter: 'docker-packages' });
    const end = storyOf('plan').at(-1) as RunEvent;
    expect(told('plain', [event, end])).toContain(
      '~ docker-restart: docker-restart is right (known after docker-packages)  [node1]',
    );
  });
});

describe('alike things on several hosts', () => {
  const end = (mode: 'plan' | 'up'): RunEvent => storyOf(mode).at(-1) as RunEvent;

  it('names ten hosts and counts the rest', () => {
    const hosts = Array.from({ length: 30 }, (_, index) => `node${index + 1}`);
    const events = hosts.map((host) => taskEnd(host, 'swap-off', 'change'));
    expect(told('plain', [...events, end('plan')])).toContain(
      '  ~ swap-off: swap-off is right  [node1, node2, node3, node4, node5, node6, node7, node8, node9, node10 and 20 more]\n',
    );
  });

  it('are one failure with one advice', () => {
    const failed = ['node1', 'node2'].map((host) => taskEnd(host, 'swap-off', 'failed', { output: 'no' }));
    const text = told('plain', [...failed, end('plan')]);
    expect(text).toContain(`node1, node2: docker/swap-off failed: swap-off is right
    no
  To try again: provision plan lab.yaml --stage docker --host node1,node2
`);
  });

  it('are one error with the sentence of each host', () => {
    const events = ['node1', 'node2'].map(
      (host): RunEvent => ({
        kind: 'unreachable',
        time: NOON,
        host,
        error: new ProvisionError('SSH_TIMEOUT', `${host} did not answer.`, { hint: 'Is it on?' }),
      }),
    );
    expect(told('plain', [...events, end('plan')])).toContain(`2 hosts (SSH_TIMEOUT)
  node1 did not answer.
  node2 did not answer.
  Is it on?
`);
  });
});

describe('notes of tasks that are as desired', () => {
  const notes = ['mon.old is in the cluster and not in the inventory'];
  const noted = ['node1', 'node2'].map((host) => taskEnd(host, 'ceph-mons', 'ok', { notes }));
  const end = (mode: 'plan' | 'up'): RunEvent => storyOf(mode).at(-1) as RunEvent;

  it('stand in a plan once, before the sum', () => {
    expect(told('plain', [...noted, end('plan')])).toMatch(
      /^node1, node2: docker\/ceph-mons: note: mon\.old is in the cluster and not in the inventory\n\nPlan: /,
    );
  });

  it('are lines of their own in the plain report, with what a changed task says after it', () => {
    const output = { ...noted[0], kind: 'task-output', line: 'note: mon.old is there' } as RunEvent;
    const changed = taskEnd('node1', 'ceph-osds', 'changed', { notes: ['osd.7 is foreign'] });
    expect(told('plain', [output, ...noted.slice(0, 1), changed])).toBe(
      `12:00:02 node1: docker/ceph-mons: note: mon.old is in the cluster and not in the inventory
12:00:02 node1: docker/ceph-osds: changed: ceph-osds is right
12:00:02 node1: docker/ceph-osds: note: osd.7 is foreign
`,
    );
  });

  it('are a list in NDJSON, and no key where there are none', () => {
    const lines = told('json', [...noted, taskEnd('node3', 'ceph-mons', 'ok')])
      .trimEnd()
      .split('\n');
    const [first, , last] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ status: 'ok', notes });
    expect(last).not.toHaveProperty('notes');
    expect(z.discriminatedUnion('type', LINES).safeParse(first).error).toBeUndefined();
  });

  it('do not keep alike changes apart', () => {
    const changed = [
      taskEnd('node1', 'ceph-mons', 'changed', { notes }),
      taskEnd('node2', 'ceph-mons', 'changed'),
    ];
    expect(changedText(changed)).toEqual(['docker:', '  ~ ceph-mons: ceph-mons is right  [node1, node2]']);
  });
});

describe('what a host prints', () => {
  const evil = '\u001b[2J\u001b]0;title\u0007a\rb\u202egnp.exe';

  it('reaches no terminal as more than text', () => {
    const failed = taskEnd('node1', 'swap-off', 'failed', { output: evil });
    const text = told('plain', [failed, storyOf('plan').at(-1) as RunEvent]);
    expect(text).toContain('    abgnp.exe\n');
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it('is in the NDJSON output as it was', () => {
    const [line] = told('json', [taskEnd('node1', 'swap-off', 'failed', { output: evil })]).split('\n');
    expect(JSON.parse(line ?? '')).toMatchObject({ output: evil });
  });

  it('is masked in every output', () => {
    for (const output of ['plain', 'json'] as const) {
      const text = told(output, storyOf('up'), { secrets: ['unable to configure'] });
      expect(text).toContain('********');
      expect(text).not.toContain('unable to configure');
    }
  });
});

describe('colours', () => {
  it('are there where the output takes them, and nothing else differs', () => {
    const text = told('plain', storyOf('plan'), { colour: true });
    expect(text).toContain('\u001b[32m    +b\u001b[0m\n');
    // oxlint-disable-next-line no-control-regex -- it is what colours are made of
    expect(text.replaceAll(/\u001b\[\d+m/g, '')).toBe(told('plain', storyOf('plan')));
  });
});

describe('how to go on', () => {
  const withOutcome = (outcome: 'interrupted' | 'ok'): string => {
    const host = { ok: 1, changed: 1, failed: 0, skipped: 0, outcome };
    const run = summary('up', {
      failed: 0,
      skipped: 0,
      unreachable: 0,
      hosts: { node1: host },
      record: '/r/1',
      exitCode: outcome === 'ok' ? 0 : 130,
    });
    return told('plain', [{ kind: 'run-end', time: NOON, summary: run }]);
  };

  it('is said for a run that was left alone', () => {
    expect(withOutcome('interrupted')).toContain('To watch: provision up lab.yaml --attach\n');
    expect(withOutcome('interrupted')).toContain('The record: /r/1\n');
    expect(withOutcome('interrupted')).toContain('Stopped: 2 changed');
  });

  it('is another reset after one that failed, never an up', () => {
    const events = storyOf('up').map((event) => {
      if (event.kind === 'run-start') return { ...event, mode: 'reset' as const };
      return event.kind === 'run-end'
        ? { ...event, summary: { ...event.summary, mode: 'reset' as const } }
        : event;
    });
    const text = told('plain', events);
    expect(text).toContain('To try again: provision reset lab.yaml --stage docker --host node2\n');
    expect(text).toContain('To go on when that is mended: provision reset lab.yaml --stage docker\n');
    expect(text).not.toContain('provision up');
  });

  it('is not said where there is nothing to do', () => {
    expect(withOutcome('ok')).toBe(`12:00:00 node1: 1 changed, 1 as desired
12:00:00 Done: 2 changed, 3 as desired, on 1 host in 4.3 s.
`);
  });
});

describe.each(['up', 'plan'] as const)('the NDJSON report of %s', (mode) => {
  const lines = told('json', storyOf(mode))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const shape = z.discriminatedUnion('type', LINES);

  it('has only lines that docs/output.md describes', () => {
    for (const line of lines) expect(shape.safeParse(line).error).toBeUndefined();
    const page = readFileSync(new URL('../../../docs/output.md', import.meta.url), 'utf8');
    for (const line of lines) {
      for (const key of ['type', ...Object.keys(line)]) expect(page).toContain(`\`${key}\``);
      expect(page).toContain(`\`${String(line['type'])}\``);
    }
  });

  it('has one task line for each task, with the promised keys first', () => {
    const tasks = lines.filter(({ type }) => type === 'task');
    expect(tasks).toHaveLength(6);
    const keys = ['type', 'stage', 'play', 'host', 'task', 'status'];
    expect(Object.keys(tasks[0] ?? {}).slice(0, 6)).toEqual(keys);
    expect(tasks[2]).toMatchObject({
      stage: 'docker',
      play: 'engine',
      host: 'node1',
      task: 'docker-daemon-json',
      status: mode === 'plan' ? 'change' : 'changed',
    });
  });

  it('ends with the summary', () => {
    const last = lines.at(-1) ?? {};
    expect(last).toMatchObject({
      type: 'summary',
      ok: 3,
      changed: 2,
      failed: 1,
      unreachable: 1,
      seconds: 4.25,
    });
    expect(lines.filter(({ type }) => type === 'summary')).toHaveLength(1);
  });
});

import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { RunEvent } from '../../../src/engine/events.js';
import { HostBoard } from '../../../src/report/host-board.js';
import { jsonReport } from '../../../src/report/json-report.js';
import { Masker } from '../../../src/report/mask.js';
import { openReports } from '../../../src/report/open-reports.js';
import { plainReport } from '../../../src/report/plain-report.js';
import { planReport } from '../../../src/report/plan-report.js';
import type { Report } from '../../../src/report/report.js';
import { NOON, storyOf, taskEnd } from './events.js';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

function told(make: (write: (text: string) => void) => Report, events: readonly RunEvent[]): string {
  let text = '';
  const report = make((more) => (text += more));
  for (const event of events) report.event(event);
  return text;
}

describe('the plain report', () => {
  it('says each thing that happens in a line, and only counts what is as desired', () => {
    expect(told(plainReport, storyOf('up'))).toBe(`12:00:00 run R1 on lab (node1, node2, node3): docker
12:00:00 node1: connected
12:00:00 node2: connected
12:00:01 node3: node3 (10.0.0.13:22) refused the connection. (SSH_REFUSED)
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
12:00:02     - provision stage docker
12:00:02   To go on: provision up INVENTORY --stage docker --host node2
12:00:04 node2: docker: failed
12:00:04 a thing worth knowing
12:00:04 node1: 1 changed, 1 as desired
12:00:04 node2: 1 changed, 1 as desired, 1 failed, 1 not reached
12:00:04 node3: unreachable
12:00:04 Done: 2 changed, 3 as desired, 1 failed, 1 not reached, 1 host unreachable, on 3 hosts in 4.3 s.
`);
  });
});

describe('the plan report', () => {
  it('shows the same change on several hosts once, as a diff, and the sum last', () => {
    expect(told(planReport, storyOf('plan'))).toBe(`docker:
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
    - provision stage docker
  To go on: provision up INVENTORY --stage docker --host node2
node3: node3 (10.0.0.13:22) refused the connection. (SSH_REFUSED)
  Is sshd running there?
a thing worth knowing
Plan: 2 to change, 3 as desired, 1 failed, 1 known later, 1 host unreachable, on 3 hosts in 4.3 s.
`);
  });

  it('marks what is only known after another change', () => {
    const event = taskEnd('node1', 'docker-restart', 'change', { knownAfter: 'docker-packages' });
    const end = storyOf('plan').at(-1) as RunEvent;
    expect(told(planReport, [event, end])).toContain(
      '~ docker-restart: docker-restart is right (known after docker-packages)  [node1]',
    );
  });
});

describe('the NDJSON report', () => {
  const lines = told(jsonReport, storyOf('up'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('has one task line for each task, with the promised keys first', () => {
    const tasks = lines.filter(({ type }) => type === 'task');
    expect(tasks).toHaveLength(6);
    expect(Object.keys(tasks[0] ?? {}).slice(0, 6)).toEqual([
      'type',
      'stage',
      'play',
      'host',
      'task',
      'status',
    ]);
    expect(tasks[2]).toMatchObject({
      stage: 'docker',
      play: 'engine',
      host: 'node1',
      task: 'docker-daemon-json',
      status: 'changed',
    });
  });

  it('ends with the summary', () => {
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      ok: 3,
      changed: 2,
      failed: 1,
      unreachable: 1,
      seconds: 4.25,
    });
  });
});

describe('the run record', () => {
  it('is readable by the user alone and holds events, a log a host, and the summary', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'provision-record-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const record = join(folder, 'runs', 'R1');
    const stdout = { write: () => undefined, isTerminal: false, columns: 80, rows: 24, colour: false };
    const masker = new Masker(['writing']);
    const reports = openReports({ output: 'json', mode: 'up', stdout, masker, record });
    for (const event of storyOf('up')) reports.event(event);
    await reports.close();
    expect(statSync(record).mode & 0o777).toBe(0o700);
    for (const name of ['events.ndjson', 'node1.log', 'summary.json']) {
      expect(statSync(join(record, name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(record, 'node1.log'), 'utf8')).toContain('docker/docker-daemon-json| ********');
    expect(JSON.parse(readFileSync(join(record, 'summary.json'), 'utf8'))).toMatchObject({ run: 'R1' });
    expect(readlinkSync(join(folder, 'runs', 'latest'))).toBe('R1');
  });
});

describe('the board of hosts', () => {
  const board = (): HostBoard => {
    const made = new HostBoard();
    for (const event of storyOf('up')) made.event(event);
    return made;
  };

  it('has a line a host', () => {
    expect(board().lines(NOON + 5000, 80, 10)).toEqual([
      'node1  2 done, 1 changed',
      'node2  docker/docker-service failed',
      'node3  node3 (10.0.0.13:22) refused the connection.',
    ]);
  });

  it('never has a line longer than the terminal', () => {
    for (const line of board().lines(NOON, 20, 10)) expect(line.length).toBeLessThanOrEqual(20);
  });

  it('shows the hosts that failed and counts the rest where there is no room for all', () => {
    const lines = board().lines(NOON + 5000, 100, 2);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('node2');
    expect(lines[1]).toBe('and 2 more: 0 at work, 1 done, 1 failed, 0 waiting');
  });

  it('lets no control character of a host through', () => {
    const made = new HostBoard();
    made.event(storyOf('up')[0] as RunEvent);
    const line = '\u001b[2J\u0007evil\r\u001b[1mbold';
    made.event({
      kind: 'task-output',
      time: NOON,
      stage: 's',
      play: 'p',
      host: 'node1',
      task: 't',
      title: 't',
      line,
    });
    expect(made.lines(NOON, 80, 10)[0]).toContain('evilbold');
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(made.lines(NOON, 80, 10)[0]).not.toMatch(/[\u0000-\u001f]/);
  });
});

import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/engine/events.js';
import { HostBoard } from '../../../src/report/host-board.js';
import { widthOf } from '../../../src/report/printable.js';
import { NOON, storyOf } from './events.js';

function boardOf(events: readonly RunEvent[]): HostBoard {
  const board = new HostBoard();
  for (const event of events) board.event(event);
  return board;
}

function runOf(hosts: readonly string[]): RunEvent {
  return { kind: 'run-start', time: NOON, mode: 'up', run: 'R', cluster: 'lab', hosts, stages: [] };
}

function output(line: string): RunEvent {
  return {
    kind: 'task-output',
    time: NOON,
    stage: 's',
    play: 'p',
    host: 'node1',
    task: 't',
    title: 't',
    line,
  };
}

function started(host: string, time = NOON): RunEvent {
  return { kind: 'task-start', time, stage: 'hosts', play: 'p', host, task: 'swap-off', title: 't' };
}

function notReached(host: string): RunEvent {
  return { kind: 'host-end', time: NOON, stage: 's', play: 'p', host, outcome: 'locked' };
}

describe('the board of hosts', () => {
  it('has the play, then a line a host', () => {
    expect(boardOf(storyOf('up')).lines(NOON + 5000, 80, 10)).toEqual([
      'a thing worth knowing',
      'node1  2 done, 1 changed',
      'node2  docker/docker-service failed',
      'node3  10.0.0.13 port 22 refused the connection.',
    ]);
  });

  it('says what runs, for how long, and its last line', () => {
    const board = boardOf([runOf(['node1', 'long-name']), started('node1'), output('Unpacking docker.io')]);
    expect(board.lines(NOON + 83_000, 80, 10)).toEqual([
      'connecting and looking at the hosts',
      'node1      hosts/swap-off 1 min 23 s  Unpacking docker.io',
      'long-name  waiting 1 min 23 s',
    ]);
  });

  it.each([20, 40, 79])('has no line wider than %i columns, also with wide characters', (width) => {
    const board = boardOf([...storyOf('up').slice(0, -1), started('node1'), output('日本語'.repeat(30))]);
    for (const line of board.lines(NOON, width, 10)) expect(widthOf(line)).toBeLessThanOrEqual(width);
    expect(widthOf(board.lines(NOON, width, 10)[1] ?? '')).toBeGreaterThanOrEqual(width - 1);
  });

  it('shows hosts that failed and hosts at work, and counts the rest where there is no room for all', () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `node${index + 1}`);
    const board = boardOf([
      runOf(hosts),
      ...hosts.slice(10, 20).map(notReached),
      ...hosts.slice(50, 80).map((host) => started(host)),
    ]);
    const lines = board.lines(NOON, 100, 7);
    expect(lines).toHaveLength(8);
    expect(lines.slice(1, 7).map((line) => line.split(' ')[0])).toEqual([
      'node11',
      'node12',
      'node13',
      'node51',
      'node52',
      'node53',
    ]);
    expect(lines[7]).toBe('and 94 more: 27 at work, 0 done, 7 failed, 60 waiting');
  });

  it('lets no control character of a host through', () => {
    const board = boardOf([runOf(['node1']), started('node1'), output('\u001b[2J\u0007evil\r\u001b[1mbold')]);
    const [, line] = board.lines(NOON, 80, 10);
    expect(line).toContain('evilbold');
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f]/);
  });
});

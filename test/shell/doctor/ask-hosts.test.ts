import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askHosts } from '../../../src/doctor/ask-hosts.js';
import { type Answers, examination, type Question } from '../../../src/doctor/examine.js';
import { type Script, sh } from '../../../src/shell/script.js';
import { cluster } from '../engine/cluster.js';
import { SHELLS, testHost } from '../run-task.js';

const probe = (name: string, script: Script): Question => ({ kind: 'probe', name, script });
const access = (script: Script): Question => ({ kind: 'access', name: 'kubernetes', script });
const CAN = access(sh`exit 0`);
const CANNOT = access(sh`exit 1`);
const WELL = probe('own', sh`exit 0`);
const WHOLE = {
  asks: ['kubernetes'],
  program: examination([probe('whole', sh`exit 0`)]),
};

const same = (text: string): string => text;
const codes = (answers: Answers): unknown =>
  [...answers].map(([host, told]) => [host, ...told.map(({ name, code }) => `${name} ${code}`)]);

/** Ends badly when nobody makes the file. */
const untilThere = (file: string): Script => sh`left=100
until [ -e ${file} ]; do
  [ "$left" -gt 0 ] || exit 2
  left=$((left - 1))
  sleep 0.1
done`;

describe.each(SHELLS)('$name: the doctor asks', (shell) => {
  const program = (questions: Readonly<Record<string, readonly Question[]>>) => (host: string) => {
    const own = questions[host];
    return own === undefined ? undefined : examination(own);
  };

  it('a cluster while other hosts still answer, on the first host that says that it can', async () => {
    const hosts = await cluster(shell, ['node1', 'node2', 'node3']);
    const asked = join((await testHost()).root, "it's asked");
    const waits = untilThere(asked);
    const waiting: (readonly string[])[] = [];
    const { errors, ...answers } = await askHosts(
      hosts.request([]),
      same,
      {
        program: program({ node1: [CANNOT, WELL], node2: [CAN, probe('own', waits)], node3: [CAN, WELL] }),
        clusters: [{ asks: ['kubernetes'], program: examination([probe('whole', sh`>${asked}`)]) }],
      },
      (names) => void waiting.push(names),
    );
    expect([...errors]).toEqual([]);
    expect(codes(answers.hosts)).toEqual([
      ['node1', 'kubernetes 1', 'own 0'],
      ['node2', 'kubernetes 0', 'own 0'],
      ['node3', 'kubernetes 0', 'own 0'],
    ]);
    expect(codes(answers.clusters)).toEqual([['node2', 'whole 0']]);
    expect(waiting[2]).toEqual(['node1', 'node2', 'node3']);
    expect(waiting.at(-1)).toEqual([]);
  });

  it('one cluster before the host has said whether it can ask another', async () => {
    const hosts = await cluster(shell, ['node1']);
    const asked = join((await testHost()).root, 'asked');
    const ceph: Question = { kind: 'access', name: 'ceph', script: untilThere(asked) };
    const answers = await askHosts(hosts.request([]), same, {
      program: program({ node1: [CAN, ceph, WELL] }),
      clusters: [
        { asks: ['kubernetes', 'ceph'], program: examination([probe('both', sh`exit 0`)]) },
        { asks: ['kubernetes'], program: examination([probe('whole', sh`>${asked}`)]) },
      ],
    });
    expect(codes(answers.hosts)).toEqual([['node1', 'kubernetes 0', 'ceph 0', 'own 0']]);
    expect(codes(answers.clusters)).toEqual([['node1', 'both 0', 'whole 0']]);
  });

  it('the next host when the first is dead, and none when nobody can', async () => {
    const hosts = await cluster(shell, ['node1', 'node2'], ['node1']);
    const ask = (second: Question) =>
      askHosts(hosts.request([]), same, {
        program: program({ node1: [CAN, WELL], node2: [second] }),
        clusters: [WHOLE, { ...WHOLE, asks: ['ceph', 'kubernetes'] }, WHOLE],
      });
    const can = await ask(CAN);
    expect([...can.errors.keys()]).toEqual(['node1']);
    expect(codes(can.hosts)).toEqual([['node2', 'kubernetes 0']]);
    expect(codes(can.clusters)).toEqual([['node2', 'whole 0', 'whole 0']]);
    expect(codes((await ask(CANNOT)).clusters)).toEqual([]);
  });

  it('one host after the other where no more are wanted at once, and leaves out those with no question', async () => {
    const hosts = await cluster(shell, ['node1', 'node2', 'node3']);
    const folder = join((await testHost()).root, 'alone');
    const alone = probe('alone', sh`mkdir ${folder} && sleep 0.1 && rmdir ${folder}`);
    const { hosts: answers, clusters } = await askHosts(hosts.request([], { forks: 1 }), same, {
      program: program({ node1: [alone], node3: [CAN, alone] }),
      clusters: [WHOLE],
    });
    expect(codes(answers)).toEqual([
      ['node1', 'alone 0'],
      ['node3', 'kubernetes 0', 'alone 0'],
    ]);
    expect(codes(clusters)).toEqual([['node3', 'whole 0']]);
  });
});

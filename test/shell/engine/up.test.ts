import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EventSink } from '../../../src/engine/events.js';
import { plan } from '../../../src/engine/plan.js';
import type { Play, Playbook } from '../../../src/engine/play.js';
import { up } from '../../../src/engine/up.js';
import type { Host, Inventory } from '../../../src/inventory/inventory.js';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { type Script, sh } from '../../../src/shell/script.js';
import { SHELLS, type Shell } from '../run-task.js';
import { cluster, type TestHost } from './cluster.js';
import { fileTask, task } from './fixtures.js';

function playbook(stage: string, plays: (inventory: Inventory) => readonly Play[]): Playbook {
  return {
    stage,
    title: stage,
    needs: [],
    hosts: (inventory) => inventory.hosts,
    plays: ({ inventory }) => plays(inventory),
    pitfalls: [],
  };
}

/** Two plays: a file, then a file that is made from it by a "service" that reads it. */
function twoPlays(hosts: ReadonlyMap<string, TestHost>): Playbook {
  const base = (host: Host): string => hosts.get(host.name)?.base ?? '';
  return playbook('files', (inventory) => [
    {
      id: 'first',
      title: 'the first play',
      hosts: inventory.hosts,
      tasks: (host) => [fileTask('config', `${base(host)}/config`, `for ${host.name}`)],
    },
    {
      id: 'second',
      title: 'the second play',
      hosts: inventory.hosts,
      tasks: (host) => [
        task('service', {
          check: sh`cmp -s ${`${base(host)}/config`} ${`${base(host)}/running`} || { echo stale; exit 1; }`,
          apply: sh`cp ${`${base(host)}/config`} ${`${base(host)}/running`}`,
        }),
      ],
    },
  ]);
}

const shell = SHELLS[0] as Shell;

describe('plan and up', () => {
  it('plan says what up then changes, on every host, and a second up changes nothing', async () => {
    const test = await cluster(shell, ['a', 'b']);
    const books = [twoPlays(test.hosts)];
    const planned = await plan(test.request(books));
    expect(planned.summary).toMatchObject({ changed: 4, exitCode: 0 });
    const changes = test.statuses();
    expect(existsSync(`${test.hosts.get('a')?.base}/config`)).toBe(false);
    expect(await up(test.request(books))).toMatchObject({ changed: 4, failed: 0, exitCode: 0 });
    expect(test.statuses()).toEqual(changes.map((line) => `${line}d`));
    expect(await up(test.request(books, { mode: 'reset' }))).toMatchObject({
      changed: 0,
      ok: 4,
      mode: 'reset',
    });
  });

  it('tells what a failed task shows, of whatever stage it is', async () => {
    const failing = (scripts: { check: Script; apply?: Script }) => [
      playbook('kubernetes', ({ hosts }) => [
        { id: 'play', title: 'a play', hosts, tasks: () => [task('pulls', scripts)] },
      ]),
    ];
    const registry = 'Get "https://k8s.gcr.io/v2/": dial tcp 10.0.0.9:443: connect: no route to host';
    const books = {
      run: failing({ check: sh`exit 1`, apply: sh`echo ${registry}; exit 1` }),
      look: failing({ check: sh`echo ${registry}; exit 1` }),
    };
    for (const [name, stages] of Object.entries(books)) {
      const test = await cluster(shell, ['a']);
      const matched: (string | undefined)[] = [];
      const sink: EventSink = (event) => {
        if (event.kind === 'task-end') matched.push(event.detail.pitfall?.id);
      };
      await up(test.request(stages, { sink, pitfalls: catalogue }));
      expect([name, matched]).toEqual([name, ['hosts-registry-blocked']]);
    }
  });

  it('repairs drift on one host and runs nothing on the other', async () => {
    const test = await cluster(shell, ['a', 'b']);
    const books = [twoPlays(test.hosts)];
    await up(test.request(books));
    const a = test.hosts.get('a')?.base ?? '';
    const b = test.hosts.get('b')?.base ?? '';
    writeFileSync(`${a}/config`, 'edited\n');
    rmSync(`${b}/run/runs`, { recursive: true });
    test.statuses();
    await up(test.request(books));
    expect(test.statuses()).toEqual(['a config changed', 'a service ok', 'b config ok', 'b service ok']);
    expect(existsSync(`${b}/run/runs`)).toBe(false);
  });

  it('an unreachable host does not stop the others in their play, and the next play does not start', async () => {
    const test = await cluster(shell, ['a', 'b', 'c'], ['b']);
    const summary = await up(test.request([twoPlays(test.hosts)]));
    expect(summary).toMatchObject({ exitCode: 4, unreachable: 1, changed: 2 });
    expect(test.statuses()).toEqual([
      'a config changed',
      'a service skipped',
      'c config changed',
      'c service skipped',
    ]);
  });

  it('goes on with the others when told to', async () => {
    const test = await cluster(shell, ['a', 'b'], ['b']);
    const summary = await up(test.request([twoPlays(test.hosts)], { keepGoing: true }));
    expect(summary).toMatchObject({ exitCode: 4, changed: 2 });
  });

  it('asks before it changes anything, and changes nothing on a no', async () => {
    const test = await cluster(shell, ['a']);
    const asked: number[] = [];
    const confirm = async (planned: readonly unknown[]): Promise<boolean> => {
      asked.push(planned.length);
      return false;
    };
    const summary = await up(test.request([twoPlays(test.hosts)], { confirm }));
    expect(asked).toEqual([2]);
    expect(summary.changed).toBe(0);
    expect(existsSync(`${test.hosts.get('a')?.base}/config`)).toBe(false);
  });

  it('applies a saved plan, and refuses it when a host has moved on', async () => {
    const test = await cluster(shell, ['a']);
    const books = [twoPlays(test.hosts)];
    const { tasks } = await plan(test.request(books));
    writeFileSync(`${test.hosts.get('a')?.base}/config`, 'for a\n');
    await expect(up(test.request(books, { planned: tasks }))).rejects.toMatchObject({ code: 'PLAN_STALE' });
    rmSync(`${test.hosts.get('a')?.base}/config`);
    expect(await up(test.request(books, { planned: tasks }))).toMatchObject({ changed: 2 });
  });

  it('runs a serial play one host at a time and stops at the first that fails', async () => {
    const test = await cluster(shell, ['a', 'b', 'c']);
    const book = playbook('serial', (inventory) => [
      {
        id: 'one-by-one',
        title: 'one by one',
        hosts: inventory.hosts,
        order: 'serial',
        tasks: (host) => [
          task('step', {
            check: sh`[ -e ${`${test.hosts.get(host.name)?.base}/x`} ]`,
            apply: host.name === 'b' ? sh`false` : sh`touch ${`${test.hosts.get(host.name)?.base}/x`}`,
          }),
        ],
      },
    ]);
    expect(await up(test.request([book]))).toMatchObject({ exitCode: 1 });
    expect(test.statuses()).toEqual(['a step changed', 'b step failed', 'c step skipped']);
  });

  it('works host by host when asked to, whatever the play allows, and leaves the rest when one fails', async () => {
    const test = await cluster(shell, ['a', 'b', 'c']);
    const [first] = test.hosts.values();
    const log = `${first?.base}/log`;
    const step = (host: Host) =>
      task('step', {
        check: sh`[ -e ${`${test.hosts.get(host.name)?.base}/x`} ]`,
        apply: sh`echo ${`${host.name} begins`} >>${log}; sleep 0.3; echo ${`${host.name} ends`} >>${log}
${host.name === 'b' ? sh`:` : sh`touch ${`${test.hosts.get(host.name)?.base}/x`}`}`,
      });
    const book = playbook('together', ({ hosts }) => [
      { id: 'all', title: 'all at once', hosts, order: 'all', tasks: (host) => [step(host)] },
    ]);
    expect(await up(test.request([book], { serial: true }))).toMatchObject({ exitCode: 1 });
    expect(test.statuses()).toEqual(['a step changed', 'b step failed', 'c step skipped']);
    expect(readFileSync(log, 'utf8')).toBe('a begins\na ends\nb begins\nb ends\n');
  });

  it('tells what a check that passes has to say, in a plan, after a change and ever after', async () => {
    const test = await cluster(shell, ['a']);
    const path = `${test.hosts.get('a')?.base}/x`;
    const tasks = [
      task('step', {
        check: sh`[ -e ${path} ] && echo 'note: x is old' || exit 1`,
        apply: sh`touch ${path}`,
      }),
      task('proof', { check: sh`echo 'note: nothing to prove'; echo 'not: a note'` }),
    ];
    const book = playbook('notes', ({ hosts }) => [{ id: 'all', title: 'all', hosts, tasks: () => tasks }]);
    await plan(test.request([book]));
    expect(test.notes()).toEqual(['a nothing to prove']);
    for (const run of [up, up, plan]) {
      test.statuses();
      await run(test.request([book]));
      expect(test.notes()).toEqual(['a x is old', 'a nothing to prove']);
    }
  });

  it('hands outputs to later plays and has secret ones masked', async () => {
    const test = await cluster(shell, ['a', 'b']);
    const made = (name: string): string => `${test.hosts.get(name)?.base}/made`;
    const book: Playbook = {
      ...playbook('outputs', () => []),
      plays: ({ inventory, outputs }) => [
        {
          id: 'give',
          title: 'give',
          hosts: inventory.hosts.slice(0, 1),
          tasks: () => [
            {
              ...fileTask('key', made('a'), 'k3y-value'),
              output: { name: 'key', read: sh`cat ${made('a')}`, secret: true },
            },
          ],
        },
        {
          id: 'take',
          title: 'take',
          hosts: inventory.hosts.slice(1),
          tasks: () => [fileTask('copy', made('b'), outputs.get('a')?.get('key') ?? 'not known yet')],
        },
      ],
    };
    await up(test.request([book]));
    expect(readFileSync(made('b'), 'utf8')).toBe('k3y-value\n');
    expect(test.masked).toContain('k3y-value');
    expect(await up(test.request([book]))).toMatchObject({ changed: 0, ok: 2 });
  });

  it('looks again at those hosts alone whose tasks or secrets hold an output', async () => {
    const test = await cluster(shell, ['a', 'b', 'c']);
    const base = (name: string): string => `${test.hosts.get(name)?.base}`;
    const counted = (name: string) => sh`echo once >>${`${base(name)}/looks`}`;
    const book: Playbook = {
      ...playbook('outputs', () => []),
      plays: ({ inventory, outputs }) => [
        {
          id: 'give',
          title: 'give',
          hosts: inventory.hosts.slice(0, 1),
          tasks: () => [
            task('key', { check: counted('a'), output: { name: 'key', read: sh`echo k3y`, secret: true } }),
          ],
        },
        {
          id: 'take',
          title: 'take',
          hosts: inventory.hosts.slice(1, 2),
          tasks: () => [
            task('before', { check: sh`echo once >>${`${base('b')}/before`}` }),
            task('copy', {
              check: sh`${counted('b')}; [ "$(cat "$SECRETS"/key)" = k3y ]`,
              secrets: ['key'],
            }),
          ],
          secrets: () => ({ key: outputs.get('a')?.get('key') ?? '' }),
        },
        {
          id: 'other',
          title: 'other',
          hosts: inventory.hosts.slice(2),
          tasks: () => [task('other', { check: counted('c') })],
        },
      ],
    };
    await plan(test.request([book]));
    expect(test.statuses()).toEqual(['a key ok', 'b before ok', 'b copy ok', 'c other ok']);
    const times = (file: string): number => readFileSync(file, 'utf8').split('\n').length - 1;
    expect(['a', 'b', 'c'].map((name) => times(`${base(name)}/looks`))).toEqual([1, 2, 1]);
    // What was as desired a moment ago still is.
    expect(times(`${base('b')}/before`)).toBe(1);
  });

  it('knows of a proof only after the task of another host that it comes after', async () => {
    const test = await cluster(shell, ['a', 'b']);
    const made = `${test.hosts.get('b')?.base}/made`;
    const book: Playbook = {
      ...playbook('proof', () => []),
      plays: ({ inventory }) => [
        {
          id: 'make',
          title: 'make',
          hosts: inventory.hosts.slice(1),
          tasks: () => [fileTask('made', made, 'there')],
        },
        {
          id: 'prove',
          title: 'prove',
          hosts: inventory.hosts.slice(0, 1),
          tasks: () => [task('proof', { check: sh`[ -e ${made} ]`, after: ['b:made'] })],
        },
      ],
    };
    await plan(test.request([book]));
    expect(test.statuses()).toEqual(['a proof unknown', 'b made change']);
    expect(await up(test.request([book]))).toMatchObject({ exitCode: 0 });
    expect(test.statuses()).toEqual(['a proof ok', 'b made changed']);
  });

  it('finishes after its controller died in the middle of a play', async () => {
    const test = await cluster(shell, ['a']);
    const a = test.hosts.get('a') as TestHost;
    mkdirSync(`${a.base}/run/runs`, { recursive: true });
    const slow = playbook('slow', (inventory) => [
      {
        id: 'slow',
        title: 'slow',
        hosts: inventory.hosts,
        tasks: () => [
          task('slow', { check: sh`[ -e ${`${a.base}/x`} ]`, apply: sh`sleep 2; touch ${`${a.base}/x`}` }),
        ],
      },
    ]);
    const hard = new AbortController();
    const first = up(test.request([slow], { hardStop: hard.signal, softStop: hard.signal }));
    setTimeout(() => hard.abort(), 1000);
    expect(await first).toMatchObject({ exitCode: 130 });
    // What the host was told of its holder names a process that is no more.
    const owner = JSON.parse(readFileSync(`${a.base}/run/owner`, 'utf8')) as { pid: number };
    writeFileSync(`${a.base}/run/owner`, JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }));
    test.statuses();
    expect(await up(test.request([slow]))).toMatchObject({ exitCode: 0 });
    expect(test.statuses()).toEqual(['a slow ok']);
  });
});

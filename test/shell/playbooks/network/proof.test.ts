import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, rawScript, sh } from '../../../../src/shell/script.js';
import { AWKS } from '../../../support/programs.js';
import { runScript, SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

function textOf(file: string): string {
  return readFileSync(new URL(`../../../../playbooks/network/${file}`, import.meta.url), 'utf8');
}

/** The table and the sentences that are made of what probes printed. */
function judge(nodes: string, expected: string, tries: readonly (readonly string[])[]): readonly string[] {
  const input = tries.map((words) => `${words.join('\t')}\n`).join('');
  const args = ['-v', `nodes=${nodes}`, '-v', `expected=${expected}`, textOf('proof/judge.awk')];
  const [one = '', ...others] = AWKS.map(([command = '', ...words]) =>
    execFileSync(command, [...words, ...args], { input, encoding: 'utf8' }),
  );
  for (const other of others) expect(other).toBe(one);
  return one.trimEnd().split('\n');
}

/** All tries of two nodes that go well. */
function goodTries(): readonly (readonly string[])[] {
  const pairs = ['node1', 'node2'].flatMap((from) => ['node1', 'node2'].map((to) => [from, to] as const));
  return [
    ...pairs.flatMap(([from, to]) => [
      ...['ping', 'tcp', 'full', 'name'].map((way) => ['TRY', `${from}:pod`, to, way, 'ok', '']),
      ...['ping', 'tcp'].map((way) => ['TRY', `${from}:host`, to, way, 'ok', '']),
    ]),
    ['MTU', 'node1', '1450'],
    ['MTU', 'node2', '1450'],
    ['END'],
  ];
}

describe('the table of pairs', () => {
  it('is all ok, and fits', () => {
    expect(judge('node1 node2', 'node1=1450 node2=1450', goodTries())).toEqual([
      'ROW from / to the pod on  node1  node2',
      'ROW pod on node1          ok     ok',
      'ROW pod on node2          ok     ok',
      'ROW node node1            ok     ok',
      'ROW node node2            ok     ok',
    ]);
  });

  it('names what failed, and what was not tried', () => {
    const tries = goodTries()
      .filter(([, from, to]) => from !== 'node2:host' || to !== 'node1')
      .map((words) =>
        words[1] === 'node1:pod' && words[2] === 'node2' && (words[3] === 'full' || words[3] === 'name')
          ? [...words.slice(0, 4), 'no', `${words[3]} failed`]
          : words,
      );
    expect(judge('node1 node2', '', tries)).toEqual([
      'ROW from / to the pod on  node1    node2',
      'ROW pod on node1          ok       full,name',
      'ROW pod on node2          ok       ok',
      'ROW node node1            ok       ok',
      'ROW node node2            untried  ok',
      'BAD a pod on node1 does not reach the pod on node2: full failed',
      'BAD a pod on node1 does not reach the pod on node2: name failed',
      'BAD the node node2 itself does not reach the pod on node1: it was not tried',
    ]);
  });

  it('tells packets that are too large for the way between the nodes', () => {
    expect(judge('node1 node2', 'node1=1450 node2=1400', goodTries()).at(-1)).toBe(
      'BAD a pod on node2 sends packets of up to 1450 bytes, and 1400 is what fits between the nodes',
    );
  });

  it('has no more than thirty sentences', () => {
    const many = Array.from({ length: 40 }, (_, at) => ['TRY', 'a:pod', 'a', 'ping', 'no', String(at)]);
    expect(
      judge('a', '', many)
        .filter((line) => line.startsWith('BAD'))
        .at(-1),
    ).toBe('BAD and 11 more');
  });
});

describe.each(SHELLS)('$name: what the probes are told', (shell) => {
  it('has each with its service, and a port that leads to the next', async () => {
    const host = await testHost();
    const call = sh`SERVICES=${'service probe-77-1 10.96.0.5 30001\nservice probe-77-2 10.96.0.6 30002'}
PODS=${'probe-1 Running 10.244.0.2 node1 \nprobe-2 Running 10.244.1.2 node2 '}
DOMAIN=cluster.local NOW=77
targets node1=10.0.0.11 node2=10.0.0.12`;
    const { stdout } = await callFunctions('network/proof/proof.sh', shell, host, call);
    expect(
      stdout,
    ).toBe(`node1 10.244.0.2 probe-77-1.provision-probe.svc.cluster.local 10.96.0.5 10.0.0.11 30002 node2
node2 10.244.1.2 probe-77-2.provision-probe.svc.cluster.local 10.96.0.6 10.0.0.12 30001 node1
`);
  });
});

/** The script of a probe among others that are all well, but for what `$BROKEN` names. Its waits are left out. */
async function tryAll(shell: (typeof SHELLS)[number], place: 'pod' | 'host', broken: string, patience = '0') {
  const host = await testHost();
  const bin = join(host.base, 'bin');
  await mkdir(bin);
  for (const name of ['nc', 'ping', 'nslookup', 'sleep']) {
    await writeFile(join(bin, name), `#!/bin/sh\n. ${join(bin, 'fakes')}\nfake_${name} "$@"\n`);
    await chmod(join(bin, name), 0o755);
  }
  await writeFile(
    join(bin, 'fakes'),
    `is_broken() { case " $BROKEN " in *" $1 "*) return 0 ;; esac; return 1; }
fake_sleep() { :; }
fake_ping() { for last in "$@"; do :; done; case "$*" in *'-M do'*) return 1 ;; *'-s '*) ! is_broken "full:$last" ;; *) ! is_broken "ping:$last" ;; esac; }
fake_nslookup() { is_broken dns || { echo "Server: 10.96.0.10"; echo "Address: 10.96.0.10:53"; echo; echo "Name: $1"; case $1 in probe-1*) echo "Address: 10.96.0.5" ;; *) echo "Address: 10.96.0.6" ;; esac; }; }
fake_nc() {
  read -r _ path _
  is_broken "nc:$1" && return 1
  is_broken "late:$1" && [ ! -e "$LATE.$1" ] && { : >"$LATE.$1"; return 1; }
  case $1:$2 in
    10.244.0.2:* | 10.96.0.5:* | 10.0.0.12:30001) who=node1 ;;
    *) who=node2 ;;
  esac
  is_broken "wrong:$1" && who=node9
  printf 'HTTP/1.1 200 OK\\r\\n\\r\\n'
  case $path in */large) head -c 200000 /dev/zero ;; *) echo "$who" ;; esac
}
`,
  );
  await writeFile(
    join(host.root, 'targets'),
    `node1 10.244.0.2 probe-1.provision-probe.svc.cluster.local 10.96.0.5 10.0.0.11 30002 node2
node2 10.244.1.2 probe-2.provision-probe.svc.cluster.local 10.96.0.6 10.0.0.12 30001 node1
`,
  );
  const script = textOf('proof/pod-try.sh').replaceAll('/probe/targets', host.root);
  const { stdout, stderr } = await runScript(
    shell,
    host,
    lines(
      // Functions go before what busybox has by itself.
      shell.name === 'busybox' ? sh`. ${join(bin, 'fakes')}` : sh`:`,
      shell.name === 'busybox'
        ? rawScript(
            'ping() { fake_ping "$@"; }\nsleep() { :; }\ntimeout() { shift; case $1 in nc) shift; fake_nc "$@" ;; nslookup) shift; fake_nslookup "$@" ;; true) ;; esac; }',
          )
        : sh`:`,
      rawScript(script),
    ),
    {
      env: {
        PATH: `${bin}:${process.env['PATH'] ?? ''}`,
        NODE: 'node1',
        PLACE: place,
        PORT: '8080',
        BROKEN: broken,
        LATE: join(host.base, 'asked'),
        SERVICE_PATIENCE: patience,
      },
    },
  );
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

describe.each(SHELLS)('$name: a probe', (shell) => {
  it('tries the pods, their names and the largest packets', async () => {
    const told = await tryAll(shell, 'pod', '');
    expect(told.filter((line) => line.startsWith('TRY'))).toEqual(
      ['node1', 'node2'].flatMap((to) =>
        ['ping', 'tcp', 'full', 'name'].map((way) => `TRY\tnode1:pod\t${to}\t${way}\tok\t`),
      ),
    );
    expect(told.at(-2)).toMatch(/^MTU\tnode1\t\d+$/);
    expect(told.at(-1)).toBe('END');
  });

  it('on the network of the node tries pods, and ports of the others', async () => {
    expect(await tryAll(shell, 'host', '')).toEqual([
      'TRY\tnode1:host\tnode1\tping\tok\t',
      'TRY\tnode1:host\tnode1\ttcp\tok\t',
      'TRY\tnode1:host\tnode2\tping\tok\t',
      'TRY\tnode1:host\tnode2\ttcp\tok\t',
      'TRY\tnode1:host\tnode2\tnodeport\tok\t',
      'END',
    ]);
  });

  it('says what it has seen', async () => {
    const broken = async (what: string) =>
      (await tryAll(shell, 'pod', what)).filter((line) => line.includes('\tno\t'));
    expect(await broken('ping:10.244.1.2 nc:10.244.1.2')).toEqual([
      'TRY\tnode1:pod\tnode2\tping\tno\tping 10.244.1.2: no answer',
      'TRY\tnode1:pod\tnode2\ttcp\tno\tTCP port 8080 of 10.244.1.2: no answer',
    ]);
    expect(await broken('wrong:10.244.1.2')).toEqual([
      'TRY\tnode1:pod\tnode2\ttcp\tno\tTCP port 8080 of 10.244.1.2: the pod of node9 answered',
    ]);
    const name = await broken('dns');
    expect(name).toHaveLength(2);
    expect(name[0]).toMatch(
      /name\tno\tthe name probe-1\.\S+: the DNS of the cluster \(\S*\) does not tell its address 10\.96\.0\.5$/,
    );
    expect(await broken('nc:10.96.0.6')).toEqual([
      'TRY\tnode1:pod\tnode2\tname\tno\tthe service probe-2.provision-probe.svc.cluster.local (10.96.0.6): no answer, though DNS tells its address',
    ]);
  });

  it('waits for a service to come to the node', async () => {
    const told = await tryAll(shell, 'pod', 'late:10.96.0.6', '20');
    expect(told.filter((line) => line.includes('\tno\t'))).toEqual([]);
  });

  it('cannot ping where the container may not', async () => {
    const told = await tryAll(shell, 'pod', 'ping:127.0.0.1');
    expect(told.filter((line) => line.includes('ping'))).toEqual([]);
    expect(told.filter((line) => line.includes('\tfull\tok'))).toHaveLength(2);
  });
});

describe.each(SHELLS)('$name: nodes and the DNS', (shell) => {
  const READY = 'node\tnode1\tTrue\t10.0.0.11\tkubelet is posting ready status\n';
  const DNS = 'dns\tcoredns\t2\t2\nother\t1\t0\n';

  async function unready(state: string, plugin = 'flannel') {
    const host = await testHost();
    const call = sh`printf %s ${state} | unready ${plugin} node1=10.0.0.11 node2=10.0.0.12`;
    return (await callFunctions('network/ready.sh', shell, host, call)).stdout;
  }

  it('that are ready say nothing', async () => {
    expect(await unready(`${READY}node\tnode2\tTrue\t10.0.0.12\tready\n${DNS}`)).toBe('');
    expect(await unready(`${READY}node\tnode2\tTrue\t-\tready\n${DNS}`, 'routes')).toBe('');
  });

  it('that are not say why', async () => {
    expect(
      await unready(`${READY}node\tnode2\tFalse\t-\tcni config uninitialized\ndns\tcoredns\t2\t1\n`),
    ).toBe(
      'the node node2 is not ready: cni config uninitialized\ncoredns of kube-system: 1 of 2 pods are available\n',
    );
    expect(await unready(READY)).toBe(
      'the node node2 is not in the cluster\nthere is no DNS of the cluster: no deployment in kube-system has the label k8s-app=kube-dns\n',
    );
    expect(await unready(`${READY}node\tnode2\tTrue\t203.0.113.9\tready\n${DNS}`)).toBe(
      'the node node2: flannel uses 203.0.113.9 as external interface, and the private address is 10.0.0.12\n',
    );
  });
});

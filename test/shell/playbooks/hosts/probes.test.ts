import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../../../playbooks/events.js';
import { PODS } from '../../../../playbooks/pods.js';
import { lines, rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, type TestHost, testHost } from '../../run-task.js';
import { ASKS_FOR, listText } from '../api-text.js';
import { functionsOf, lay, runWith } from '../stand-ins.js';

const PROBES = lines(PODS, EVENTS, functionsOf('hosts/time.sh', 'ceph/told.sh', 'hosts/probes.sh'));
const ID = (letter: string): string => letter.repeat(64);

describe.each(SHELLS)('$name: the time zone of pods', (shell) => {
  /** Of containers: the pod, its process, and what its /etc/localtime leads to. */
  function containers(host: TestHost): void {
    const zone = '/usr/share/zoneinfo';
    lay(host.root, {
      [`logs/web_default_main-${ID('a')}.log`]: '',
      [`logs/utc_shop_main-${ID('b')}.log`]: '',
      [`logs/bare_shop_main-${ID('c')}.log`]: '',
      [`logs/chosen_shop_main-${ID('d')}.log`]: '',
      [`logs/proxy_kube-system_main-${ID('e')}.log`]: '',
      [`logs/gone_shop_main-${ID('f')}.log`]: '',
      'proc/7/comm': 'not a container',
    });
    for (const [pid, letter] of ['a', 'b', 'c', 'd', 'e'].entries()) {
      lay(host.root, {
        [`proc/1${pid}/cgroup`]: `4:memory:/kubepods/besteffort/pod1-2/${ID(letter)}\n3:cpu:/kubepods/x/${ID(letter)}\n`,
        [`proc/1${pid}/environ`]: letter === 'd' ? 'A=B\0TZ=Europe/Berlin\0' : 'A=B\0',
        [`proc/1${pid}/root/etc/hostname`]: 'x',
      });
    }
    // An absolute link leads from the root of the container, where this zone is another's file.
    lay(host.root, { [`proc/10/root${zone}/Here`]: '', [`proc/11/root${zone}/Etc/UTC`]: '' });
    symlinkSync(`${zone}/Here`, join(host.root, 'proc/10/root/etc/localtime'));
    symlinkSync('../usr/share/zoneinfo/Etc/UTC', join(host.root, 'proc/11/root/etc/localtime'));
  }

  it('is told of each pod of a workload that has another than its host, and of no other', async () => {
    const host = await testHost();
    containers(host);
    const zones = rawScript(`date() { case $TZ in */Here) echo +0800 ;; *) echo +0000 ;; esac; }`);
    const words = [join(host.root, 'logs'), join(host.root, 'proc')];
    const probe = (zone: string) =>
      runWith(shell, host, {}, PROBES, zones, sh`TZ=; probe_zones ${[...words, zone]}`);
    expect(await probe('+0800')).toEqual({
      code: 1,
      stdout:
        'the pod shop/bare has the time zone +0000, and its host +0800\nthe pod shop/utc has the time zone +0000, and its host +0800\n',
      stderr: '',
    });
    expect((await probe('+0000')).stdout).toBe(
      'the pod default/web has the time zone +0800, and its host +0000\n',
    );
    const none = await runWith(
      shell,
      host,
      {},
      PROBES,
      sh`probe_zones ${[join(host.root, 'missing'), join(host.root, 'proc'), '+0800']}`,
    );
    expect(none).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

describe.each(SHELLS)('$name: the clock', (shell) => {
  const SERVERS = ['https://10.0.0.11:6443', 'https://api.one:6443'];
  const server = (seconds: number): string =>
    `printf 'HTTP/2 200\\r\\nDate: %s\\r\\n' "$(/bin/date -u -d @$(($(/bin/date +%s) + ${seconds})) '+%F %T')"`;
  const probe = async (curl: string, isKept = true, words = ['node2', 'node1', ...SERVERS], known = '') =>
    runWith(
      shell,
      await testHost(),
      { curl },
      PROBES,
      rawScript(`sets_clock() { :; }; has_time_service() { ${isKept}; }; date() { TZ=UTC /bin/date "$@"; }`),
      rawScript(known),
      sh`probe_clock ${words}`,
    );

  it('is compared with that of an API server, in whole seconds', async () => {
    expect(await probe(server(0))).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await probe(server(1))).code).toBe(0);
    expect((await probe('exit 7')).code).toBe(0);
    expect((await probe(server(3600))).stdout).toMatch(
      /^The clock of node2 is 3(600|599) s behind that of node1\n$/,
    );
    expect((await probe(server(-3605))).stdout).toMatch(
      /^The clock of node2 is 360\d s ahead of that of node1\n$/,
    );
  });

  it('is told by what the node has asked that API server already', async () => {
    const told = (url: string, header: string) =>
      `now=$(/bin/date +%s)
theirs=$(/bin/date -u -d "@$((now + 60))" '+%F %T')
NODE_TOLD="asked ${url} $now$NL$(printf 'HTTP/2 200\\r\\n${header}: %s\\r' "$theirs")$NL$NL"'{"date: 1":1}'"$NL""answered $now"`;
    const ask = (known: string) => probe('exit 7', true, undefined, known);
    expect((await ask(told('https://api.one:6443', 'date'))).stdout).toBe(
      'The clock of node2 is 60 s behind that of node1\n',
    );
    expect((await ask(told('https://10.0.0.11:6443', 'Date'))).code).toBe(1);
    expect((await ask(told('https://balancer:6443', 'date'))).code).toBe(0);
    expect((await ask(told('https://api.one:6443', 'x'))).code).toBe(0);
  });

  it('needs a program that corrects it, where it can be set', async () => {
    expect(await probe('exit 7', false, ['node2'])).toMatchObject({
      code: 1,
      stdout: 'no program corrects the clock of this host\n',
    });
    expect((await probe('exit 7', true, ['node2'])).code).toBe(0);
  });

  it('is measured by the monitors of Ceph', async () => {
    const host = await testHost();
    const health = (text: string, code = 0) =>
      runWith(
        shell,
        host,
        { ceph: `cat >/dev/null; echo '${text}'; exit ${code}` },
        PROBES,
        sh`probe_monitors`,
      );
    const skewed =
      '{"status":"HEALTH_WARN","checks":{"MON_CLOCK_SKEW":{"summary":{"message":"clock skew detected on mon.node2"}}}}';
    expect((await health('{"status":"HEALTH_OK","checks":{}}')).code).toBe(0);
    expect(await health(skewed)).toMatchObject({ code: 1, stdout: 'clock skew detected on mon.node2\n' });
    expect(await health('timed out', 1)).toMatchObject({
      code: 2,
      stdout: 'the monitors did not answer: timed out\n',
    });
  });
});

describe.each(SHELLS)('$name: ports of other hosts', (shell) => {
  const SOCAT = `case $* in
  *10.0.0.1:*) exit 0 ;;
  *10.0.0.2:*) echo 'connect: Connection refused'; exit 1 ;;
  *10.0.0.3:* | *10.0.0.5:*) echo 'Connection timed out'; exit 1 ;;
  *'[fd00::4]:'*) echo 'connect: No route to host'; exit 1 ;;
esac`;

  it('are closed only where packets get lost, and not where the host is down or the service is', async () => {
    const ip =
      "case $* in *10.0.0.5*) echo '10.0.0.5 dev eth0 FAILED' ;; *) echo 'x dev eth0 lladdr 1 REACHABLE' ;; esac";
    const tries = ['10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::4', '10.0.0.5'].map(
      (address, at) => sh`try_port node9 ${[`it's ${at}`, address, 6443, 'the $API']} &`.source,
    );
    const { stdout, stderr } = await runWith(
      shell,
      await testHost(),
      { socat: SOCAT, ip },
      PROBES,
      rawScript(`found=$(
${tries.join('\n')}
wait
)
printf '%s\\n' "$found" | sort`),
    );
    expect(stderr).toBe('');
    expect(stdout).toBe(
      "node9 cannot reach it's 2 (10.0.0.3) on 6443/tcp, the $API: no answer\nnode9 cannot reach it's 3 (fd00::4) on 6443/tcp, the $API: there is no route\n",
    );
  });
});

describe.each(SHELLS)('$name: images that cannot be fetched', (shell) => {
  /** @param events when each was seen last, and what it says */
  const probe = async (pods: string, events: readonly (readonly [string, string])[] = []) => {
    const host = await testHost();
    const warnings = events.map(([lastTimestamp, message]) => ({
      involvedObject: { kind: 'Pod', namespace: 'a', name: 'web' },
      type: 'Warning',
      lastTimestamp,
      message,
    }));
    const waiting = [...pods.matchAll(/^a\/web\t(.*?)\t(.*)$/gm)].map(([, image, message]) => ({
      metadata: { name: 'web', namespace: 'a' },
      status: {
        phase: 'Pending',
        containerStatuses: [{ name: 'main', image, state: { waiting: { reason: 'ErrImagePull', message } } }],
      },
    }));
    lay(host.root, { pods: listText('Pod', waiting), events: listText('Event', warnings) });
    return runWith(
      shell,
      host,
      {},
      PROBES,
      rawScript(
        `kube() { case "$*" in ${ASKS_FOR.pods}) cat ${host.root}/pods ;; *) cat ${host.root}/events ;; esac; }`,
      ),
      sh`probe_pulls`,
    );
  };
  const BACKING_OFF = 'a/web\tgcr.io/x:1\tBack-off pulling image "gcr.io/x:1"\n';
  const TIMEOUT =
    'Failed to pull image "gcr.io/x:1": rpc error: Get https://gcr.io/v2/: dial tcp 1.2.3.4:443: i/o timeout';

  it('are told when nobody answers, by what the pod or its last event says', async () => {
    expect(await probe('')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await probe(BACKING_OFF)).toMatchObject({ code: 0 });
    expect(await probe(BACKING_OFF, [['2024-01-01T00:00:00Z', TIMEOUT]])).toEqual({
      code: 1,
      stdout: `the pod a/web waits for the image gcr.io/x:1: ${TIMEOUT}\n`,
      stderr: '',
    });
    expect((await probe('a/web\tx:1\trpc error: lookup gcr.io: no such host\n')).code).toBe(1);
  });

  it('are something else when the name is wrong, or the registry speaks HTTP', async () => {
    const events = [
      ['2024-01-01T00:00:00Z', TIMEOUT],
      ['2024-01-01T00:09:00Z', 'Failed to pull image "gcr.io/x:1": manifest for gcr.io/x:1 not found'],
    ] as const;
    expect((await probe(BACKING_OFF, events)).code).toBe(0);
    expect((await probe(BACKING_OFF, events.toReversed())).code).toBe(0);
    const http = 'a/web\tr:5000/x\tGet https://r:5000/v2/: http: server gave HTTP response to HTTPS client\n';
    expect((await probe(http)).code).toBe(0);
  });

  it('cannot be told when the cluster does not answer', async () => {
    const broken = rawScript('kube() { echo refused >&2; return 1; }');
    expect(await runWith(shell, await testHost(), {}, PROBES, broken, sh`probe_pulls`)).toMatchObject({
      code: 2,
      stdout: 'the pods cannot be asked for: refused\n',
    });
  });
});

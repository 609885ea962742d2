import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { type ScriptResult, SHELLS, testHost, type TestHost } from '../../run-task.js';
import { callFunctions } from '../source.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = functionsOf(
  'docker/data-root.sh',
  'hosts/disks.sh',
  'kubernetes/node-api.sh',
  'kubernetes/probes.sh',
);

/** An API server that takes the token `good` alone, and remembers what it was asked. */
async function apiServer(): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ headers, url }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.writeHead(headers.authorization === 'Bearer good' ? 403 : 401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

describe.each(SHELLS)('$name: pitfalls of Kubernetes on a host', (shell) => {
  const probe = (
    host: TestHost,
    script: Script,
    programs: Readonly<Record<string, string>> = {},
    more: Script = rawScript('kubelet_arguments() { :; }'),
  ): Promise<ScriptResult> => runWith(shell, host, programs, PROBES, more, script);

  it('an API server that is known by another address than that of the inventory', async () => {
    const host = await testHost();
    const ask = () => probe(host, sh`probe_advertised ${[host.root, '10.1.2.3']}`);
    const manifest = (address: string): void =>
      lay(host.root, {
        'etc/kubernetes/manifests/kube-apiserver.yaml': `    - --advertise-address=${address}\n`,
      });
    expect((await ask()).code).toBe(0);
    manifest('203.0.113.7');
    expect(await ask()).toMatchObject({
      code: 1,
      stdout: 'The API server advertises 203.0.113.7, and the private address of this host is 10.1.2.3.\n',
    });
    manifest('10.1.2.3');
    expect((await ask()).code).toBe(0);
  });

  describe('eviction', () => {
    const FULL = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available'];
    const of = (signals: readonly string[], value = '5%'): string =>
      `evictionHard:\n${signals.map((signal) => `  ${signal}: "${value}"\n`).join('')}failSwapOn: true\n`;
    /** All file systems have 1000 MiB. */
    const ask = async (config: string | undefined, { free = 400, used = 60, flag = '' } = {}) => {
      const host = await testHost();
      if (config !== undefined) lay(host.root, { 'config.yaml': config });
      const df = `case $1 in -Pi) echo h; echo '/dev/a 1 1 1 1% /' ;; *) echo h; echo "/dev/a 1024000 1 $((${free} * 1024)) ${used}% /" ;; esac`;
      const words = [join(host.root, 'config.yaml'), '10%', '15%', host.root];
      return probe(
        host,
        sh`probe_eviction ${words}`,
        { df },
        // The folder of kubelet is not there where tests run.
        rawScript(`kubelet_arguments() { printf '%s\\n' kubelet '${flag}' --v=2; }
images_folder() { echo /; }
room() { set -- /; FREE=$((${free} * 1024)) SIZE=1024000 USED=${used} MOUNT=/; }`),
      );
    };

    it('by thresholds that are not a full set', async () => {
      expect(await ask(undefined)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await ask(of(FULL))).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await ask(of(FULL.slice(1, 2)))).stdout).toContain(
        'sets evictionHard without memory.available nodefs.inodesFree imagefs.available:',
      );
      expect((await ask(`${of(FULL.slice(1, 2))}mergeDefaultEvictionSettings: true\n`)).code).toBe(0);
      const flag = '--eviction-hard=nodefs.available<5%';
      expect((await ask(of(FULL), { flag })).stdout).toContain('sets evictionHard without memory.available');
      const full = `--eviction-hard=${FULL.map((signal) => `${signal}<5%`).join(',')}`;
      expect((await ask(undefined, { flag: full })).code).toBe(0);
    });

    it('while the disk has room, and not when it is full', async () => {
      expect(await ask(of(FULL, '99%'))).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('kubelet evicts pods below nodefs.available 99%, and 40 % of'),
      });
      expect((await ask(of(FULL, '99%'), { free: 50, used: 95 })).code).toBe(0);
      expect((await ask(of(FULL, '10%'), { free: 90, used: 90 })).code).toBe(0);
    });
  });

  it('swap', async () => {
    const host = await testHost();
    const [config, swaps] = [join(host.root, 'config.yaml'), join(host.root, 'swaps')];
    lay(host.root, { swaps: 'Filename Type\n/dev/sdb1 partition 1 0 -2\n' });
    const ask = () => probe(host, sh`probe_swap ${[swaps, config, `${config}.d`]}`, { kubelet: ':' });
    expect(await ask()).toMatchObject({ code: 1, stdout: 'swap is on: /dev/sdb1\n' });
    lay(host.root, { 'config.yaml': 'failSwapOn: false\n' });
    expect((await ask()).code).toBe(0);
    lay(host.root, { 'config.yaml': '', 'config.yaml.d': 'KUBELET_EXTRA_ARGS=--fail-swap-on=false\n' });
    expect((await ask()).code).toBe(0);
  });

  describe('tokens', () => {
    const layPods = async (url: string, first: string) => {
      const host = await testHost();
      lay(host.root, {
        'kubelet.conf': `    server: "${url}"\n`,
        'pods/u1/volumes/kubernetes.io~projected/kube-api-access/token': `${first}\n`,
        'pods/u2/volumes/kubernetes.io~secret/default-token-x/token': 'good',
        'pods/u3/volumes/kubernetes.io~empty-dir/data/token': '',
      });
      const words = [
        join(host.root, 'kubelet.conf'),
        join(host.root, 'no-ca'),
        'node1',
        join(host.root, 'pods'),
      ];
      return { host, words };
    };

    it('that the API server does not take are told, without showing them', async () => {
      const { url, asked } = await apiServer();
      const { host, words } = await layPods(url, 'SECRET');
      expect(await probe(host, sh`probe_tokens ${words}`)).toEqual({
        code: 1,
        stdout:
          'The API server answers 401 to the tokens u1/volumes/kubernetes.io~projected/kube-api-access/token.\n',
        stderr: '',
      });
      expect(asked).toEqual(['/api Bearer SECRET', '/api Bearer good']);
      const well = await layPods(url, 'good');
      expect(await probe(well.host, sh`probe_tokens ${well.words}`)).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
      const away = await layPods('http://127.0.0.1:1', 'SECRET');
      expect((await probe(away.host, sh`probe_tokens ${away.words}`)).code).toBe(0);
    });

    it('never stand in the arguments of a program', async () => {
      const { host, words } = await layPods('https://api:6443', 'SECRET');
      const curl = `echo "$*" >>${host.base}/calls; cat >/dev/null`;
      await probe(host, sh`probe_tokens ${words}`, { curl });
      expect((await probe(host, sh`cat ${join(host.base, 'calls')}`)).stdout).toBe('-K -\n');
    });

    it('come with new pods, where somebody makes them', async () => {
      const { url } = await apiServer();
      const { host, words } = await layPods(url, 'SECRET');
      const propose = async (pods: string) =>
        told(await probe(host, sh`propose_new_pods ${words}`, { kubectl: `printf '${pods}'` }));
      expect(await propose(`u1 a web owned\\nu2 a fine owned\\n`)).toEqual({
        commands: [`kubectl --kubeconfig=${host.root}/kubelet.conf -n a delete pod web`],
        refusals: [],
      });
      const alone = await propose(`u1 a web alone\\n`);
      expect(alone.commands).toEqual([]);
      expect(alone.refusals.join()).toContain(': a/web');
      const away = await runWith(
        shell,
        host,
        { kubectl: 'echo refused; exit 1' },
        PROBES,
        sh`propose_new_pods ${words}`,
      );
      expect(told(away).refusals.join()).toContain('cannot be asked for: refused');
    });
  });

  it('folders of a hostPath that are missing or empty', async () => {
    const host = await testHost();
    lay(host.root, { 'full/file': 'x', 'kubelet.conf': 'x' });
    mkdirSync(join(host.root, "it's empty"));
    const pods = [
      'default/a - full',
      "default/b - it's empty",
      'default/c Directory missing',
      'default/d DirectoryOrCreate missing',
      "default/e DirectoryOrCreate it's empty",
      'kube-system/f - missing',
    ].map((line) => line.replace(/^(\S+ \S+) /, `$1 ${host.root}/`));
    const words = [
      join(host.root, 'kubelet.conf'),
      join(host.root, 'ca.crt'),
      'node1',
      join(host.root, 'pods'),
    ];
    const ask = (kubectl: string, more = {}) =>
      probe(host, sh`probe_host_paths ${words}`, { kubectl, ...more });
    const items = pods.map((line) => {
      const [pod, type, path] = /^(\S+) (\S+) (.*)$/.exec(line)?.slice(1) ?? [];
      const hostPath = { path, ...(type === '-' ? {} : { type }) };
      return { metadata: { namespace: pod?.split('/')[0] }, spec: { volumes: [{ hostPath }] } };
    });
    lay(host.base, { pods: `${pods.join('\n')}\n`, raw: JSON.stringify({ items }) });
    const answers = `case $* in *--raw*) cat ${host.base}/raw ;; *) cat ${host.base}/pods ;; esac`;
    expect(await ask(answers)).toEqual({
      code: 1,
      stdout: `default/b mounts ${host.root}/it's empty, which is empty on this host.
default/c mounts ${host.root}/missing, which this host does not have.
`,
      stderr: '',
    });
    expect((await ask(':')).code).toBe(0);
    lay(host.root, {
      'kubelet.conf': `    server: https://10.0.0.1:6443\n    client-certificate: ${host.root}/key.pem\n`,
      'key.pem': 'x',
      'ca.crt': 'x',
    });
    const curl = `[ "$*" = "-K -" ] && cat >${host.base}/asked && printf 'HTTP/2 200\\r\\ndate: x\\r\\n\\r\\n' && cat ${host.base}/raw`;
    const named = await ask(`case $* in *--raw*) exit 1 ;; *) cat ${host.base}/pods ;; esac`, { curl });
    expect(named.stdout.split('\n')).toHaveLength(3);
    expect((await probe(host, sh`cat ${join(host.base, 'asked')}`)).stdout.split('\n')).toEqual([
      'silent',
      'fail',
      'globoff',
      'include',
      'noproxy = "*"',
      'max-time = 5',
      'user-agent = "provision"',
      `cacert = "${host.root}/ca.crt"`,
      `cert = "${host.root}/key.pem"`,
      'url = "https://10.0.0.1:6443/api/v1/pods?fieldSelector=spec.nodeName=node1"',
      String.raw`write-out = "\n"`,
      '',
    ]);
    expect((await ask(answers, { curl: 'exit 22' })).code).toBe(1);
    expect(await ask('echo no; exit 1')).toMatchObject({
      code: 2,
      stdout: 'the pods of node1 cannot be asked for: no\n',
    });
  });

  it('certificates, told without their keys, and a note on those that end soon', async () => {
    const host = await testHost();
    const words = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-subj',
      '/CN=x',
    ];
    const make = (name: string, days: number): void => {
      const path = join(host.root, 'etc/kubernetes/pki', `${name}.crt`);
      mkdirSync(dirname(path), { recursive: true });
      const key = join(host.root, 'etc/kubernetes/pki', `${name}.key`);
      execFileSync('openssl', [...words, '-keyout', key, '-days', String(days), '-out', path], {
        stdio: 'ignore',
      });
    };
    make('soon', 10);
    make('later', 300);
    lay(host.root, {
      'etc/kubernetes/admin.conf':
        'users:\n- user:\n    client-certificate-data: QUJD\n    client-key-data: S0VZ\n',
    });
    const call = (script: Script): Promise<ScriptResult> =>
      callFunctions('kubernetes/certificates.sh', shell, host, script);
    const printed = (await call(sh`print_certificates ${host.root}`)).stdout.trim().split('\n');
    expect(printed.map((line) => line.split('\t').slice(0, 2))).toEqual([
      ['C', '/etc/kubernetes/pki/later.crt'],
      ['C', '/etc/kubernetes/pki/soon.crt'],
      ['C', '/etc/kubernetes/admin.conf'],
    ]);
    expect(printed.at(-1)).toBe('C\t/etc/kubernetes/admin.conf\tQUJD');
    expect(printed.every((line) => /^C\t\S+\t[A-Za-z0-9+/=]+$/.test(line))).toBe(true);
    const notes = await call(sh`note_endings ${[host.root, 30 * 86_400, 'HOW']}`);
    expect(notes.code).toBe(0);
    expect(notes.stdout).toMatch(
      /^note: the certificate in \/etc\/kubernetes\/pki\/soon\.crt ends at .*\nnote: to renew the certificates: HOW\n$/,
    );
    expect((await call(sh`note_endings ${[host.root, 86_400, 'HOW']}`)).stdout).toBe('');
  });
});

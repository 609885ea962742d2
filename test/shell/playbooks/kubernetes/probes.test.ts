import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Script, sh } from '../../../../src/shell/script.js';
import { type ScriptResult, SHELLS, testHost, type TestHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

function lay(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function standIns(host: TestHost, programs: Readonly<Record<string, string>>): string {
  for (const [name, script] of Object.entries(programs)) {
    lay(host.base, { [`bin/${name}`]: `#!/bin/sh\n${script}\n` });
    chmodSync(join(host.base, 'bin', name), 0o755);
  }
  return `${join(host.base, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`;
}

describe.each(SHELLS)('$name: pitfalls of Kubernetes on a host', (shell) => {
  const probe = (
    host: TestHost,
    script: Script,
    programs: Readonly<Record<string, string>> = {},
  ): Promise<ScriptResult> =>
    callFunctions(
      'kubernetes/probes.sh',
      shell,
      host,
      sh`ADMIN_CONF=${join(host.root, 'admin.conf')}
kube() { kubectl "$@"; }
# busybox has one of its own.
ip() { ${join(host.base, 'bin/ip')} "$@"; }
have_journal() { false; }
${script}`,
      { env: { PATH: standIns(host, programs) } },
    );

  it('a public address of the API server, on a host that has a private one', async () => {
    const host = await testHost();
    const ip =
      'printf "2: eth0    inet 203.0.113.7/24 brd x\\n3: eth1    inet 10.1.2.3/24 brd x\\n4: docker0    inet 172.17.0.1/16 x\\n"';
    const manifest = (address: string): void =>
      lay(host.root, {
        'etc/kubernetes/manifests/kube-apiserver.yaml': `    - --advertise-address=${address}\n`,
      });
    expect((await probe(host, sh`probe_advertised ${host.root}`, { ip })).code).toBe(0);
    manifest('203.0.113.7');
    expect(await probe(host, sh`probe_advertised ${host.root}`, { ip })).toMatchObject({
      code: 1,
      stdout:
        'The API server advertises 203.0.113.7, which is public, and this host has the private address 10.1.2.3.\n',
    });
    const alone = 'printf "2: eth0    inet 203.0.113.7/24 brd x\\n4: docker0    inet 172.17.0.1/16 x\\n"';
    expect((await probe(host, sh`probe_advertised ${host.root}`, { ip: alone })).code).toBe(0);
    manifest('10.1.2.3');
    expect((await probe(host, sh`probe_advertised ${host.root}`, { ip })).code).toBe(0);
  });

  it('a kube-proxy without the network of the pods, and pods that a taint keeps away', async () => {
    const host = await testHost();
    lay(host.root, { 'admin.conf': 'x' });
    const proxy = (cidr: string): Readonly<Record<string, string>> => ({
      kubectl: `printf 'a: b\\nclusterCIDR: ${cidr}\\n'`,
    });
    expect((await probe(host, sh`probe_proxy`, proxy('""'))).code).toBe(1);
    expect((await probe(host, sh`probe_proxy`, proxy('10.244.0.0/16'))).code).toBe(0);
    expect((await probe(host, sh`probe_proxy`, { kubectl: 'exit 1' })).code).toBe(0);
    const pending = (why: string): Readonly<Record<string, string>> => ({
      kubectl: `echo 'a/b: 0/1 nodes are available: 1 node(s) ${why}.'`,
    });
    expect(
      (await probe(host, sh`probe_tainted`, pending('had taint {node-role.kubernetes.io/master: }'))).code,
    ).toBe(1);
    expect((await probe(host, sh`probe_tainted`, pending('had untolerated taint {gpu: yes}'))).code).toBe(0);
  });

  it('thresholds that are not a full set, and swap', async () => {
    const host = await testHost();
    const config = join(host.root, 'config.yaml');
    const full = ['memory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available'];
    const of = (signals: readonly string[]): string =>
      `evictionHard:\n${signals.map((signal) => `  ${signal}: 5%\n`).join('')}failSwapOn: true\n`;
    expect((await probe(host, sh`probe_eviction ${config}`)).code).toBe(0);
    lay(host.root, { 'config.yaml': of(full), swaps: 'Filename Type\n/dev/sdb1 partition 1 0 -2\n' });
    expect((await probe(host, sh`probe_eviction ${config}`)).code).toBe(0);
    lay(host.root, { 'config.yaml': of(full.slice(1, 2)) });
    expect((await probe(host, sh`probe_eviction ${config}`)).stdout).toContain(
      'sets evictionHard without memory.available nodefs.inodesFree imagefs.available:',
    );
    const swaps = join(host.root, 'swaps');
    const kubelet = { kubelet: ':' };
    expect(await probe(host, sh`probe_swap ${[swaps, config]}`, kubelet)).toMatchObject({
      code: 1,
      stdout: 'swap is on: /dev/sdb1\n',
    });
    lay(host.root, { 'config.yaml': 'failSwapOn: false\n' });
    expect((await probe(host, sh`probe_swap ${[swaps, config]}`, kubelet)).code).toBe(0);
  });

  it('tokens that the API server does not take, without showing them', async () => {
    const host = await testHost();
    const conf = join(host.root, 'kubelet.conf');
    lay(host.root, {
      'kubelet.conf': '    server: https://api:6443\n',
      'pods/1/volumes/kubernetes.io~projected/kube-api-access/token': 'SECRET',
    });
    const curl = (code: number): Readonly<Record<string, string>> => ({
      curl: `echo "$*" >>"\${0%/*}/../calls"; cat >>"\${0%/*}/../config"; printf ${code}`,
    });
    const pods = join(host.root, 'pods');
    expect((await probe(host, sh`probe_tokens ${[pods, conf]}`, curl(403))).code).toBe(0);
    expect(await probe(host, sh`probe_tokens ${[pods, conf]}`, curl(401))).toMatchObject({
      code: 1,
      stdout:
        'The API server answers 401 to the tokens 1/volumes/kubernetes.io~projected/kube-api-access/token.\n',
    });
    const { stdout: calls } = await probe(host, sh`cat ${join(host.base, 'calls')}`);
    expect(calls).toContain('https://api:6443/api');
    expect(calls).not.toContain('SECRET');
  });

  it('folders of a hostPath that are missing or empty', async () => {
    const host = await testHost();
    lay(host.root, { 'full/file': 'x' });
    mkdirSync(join(host.root, 'empty'));
    const lines = ['default/a full', 'default/b empty', 'default/c missing', 'kube-system/d missing'].map(
      (line) => line.replace(' ', ` ${host.root}/`),
    );
    expect((await probe(host, sh`printf '%s\n' ${lines} | tell_empty`)).stdout).toBe(
      `default/b mounts ${host.root}/empty, which is empty on this host.
default/c mounts ${host.root}/missing, which this host does not have.
`,
    );
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

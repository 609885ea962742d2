import { chmod, mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, type TestHost, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const FILE = 'network/nodes/cni.sh';

/** Programs of the test's own, in front of the system's. */
async function programs(host: TestHost, scripts: Readonly<Record<string, string>>) {
  const folder = join(host.base, 'bin');
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(scripts)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, name), 0o755);
  }
  return { env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` } };
}

async function files(folder: string, contents: Readonly<Record<string, string>>, age = 0): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(folder, name), content);
    const time = Date.now() / 1000 - age;
    await utimes(join(folder, name), time, time);
  }
}

describe.each(SHELLS)('$name: the configuration of the plugin', (shell) => {
  it('must be the first', async () => {
    const host = await testHost();
    const check = (name: string) =>
      callFunctions(FILE, shell, host, sh`check_first_config ${[host.root, name]}`);
    expect((await check('10-provision.conflist')).code).toBe(0);
    await files(host.root, { '87-podman.conflist': '', '10-flannel.conflist.new': '', '05-note.txt': '' });
    expect((await check('10-provision.conflist')).code).toBe(0);
    await files(host.root, { '10-flannel.conflist': '' });
    expect((await check('10-flannel.conflist')).code).toBe(0);
    const other = await check('10-provision.conflist');
    expect(other.code).toBe(2);
    expect(other.stdout).toContain(`rm ${host.root}/10-flannel.conflist`);
  });

  it('needs its programs', async () => {
    const host = await testHost();
    await files(host.root, { bridge: '', portmap: '' });
    await chmod(join(host.root, 'bridge'), 0o755);
    const { code, stdout } = await callFunctions(
      FILE,
      shell,
      host,
      sh`check_plugins ${[host.root, 'bridge', 'portmap', 'loopback']}`,
    );
    expect(code).toBe(1);
    expect(stdout).toContain(' has no portmap loopback;');
  });
});

describe.each(SHELLS)('$name: the bridge', (shell) => {
  /** A function: busybox would call an `ip` of its own. */
  const IP = rawScript(`ip() {
  case "$*" in
    "-4 -o addr show dev cni0") printf '%s\\n' "5: cni0    inet $ADDRESS brd 10.244.1.255 scope global cni0" ;;
    *) echo "$*" ;;
  esac
}`);

  async function bridge(address: string, ports: readonly string[] = []) {
    const host = await testHost();
    await mkdir(join(host.root, 'cni0/brif'), { recursive: true });
    await files(join(host.root, 'cni0/brif'), Object.fromEntries(ports.map((port) => [port, ''])));
    return { host, settings: { env: { ADDRESS: address } } };
  }

  it('may be missing, and may have its own address', async () => {
    const { host, settings } = await bridge('10.244.1.1/24');
    const check = (name: string, address: string) =>
      callFunctions(FILE, shell, host, lines(IP, sh`check_bridge ${[host.root, name, address]}`), settings);
    expect(await check('cni1', '10.244.1.1/24')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await check('cni0', '10.244.1.1/24')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await check('cni1', '-')).code).toBe(0);
    const unknown = await check('cni0', '-');
    expect([unknown.code, unknown.stdout]).toEqual([
      1,
      'cni0 is there; whether its address is right is known after network-pod-subnets\n',
    ]);
  });

  it('of another part of the network is deleted, unless pods hang on it', async () => {
    const free = await bridge('10.244.7.1/24');
    const check = await callFunctions(
      FILE,
      shell,
      free.host,
      lines(IP, sh`check_bridge ${[free.host.root, 'cni0', '10.244.1.1/24']}`),
      free.settings,
    );
    expect(check.code).toBe(1);
    expect(check.stdout).toMatch(
      /^"cni0" already has an IP address different from 10\.244\.1\.1\/24: it has 10\.244\.7\.1\/24/,
    );
    const remove = lines(IP, sh`remove_bridge ${[free.host.root, 'cni0', 'node2']}`);
    expect((await callFunctions(FILE, shell, free.host, remove, free.settings)).stdout).toBe(
      'link delete cni0\n',
    );
    const used = await bridge('10.244.7.1/24', ['veth1', 'veth2']);
    const kept = await callFunctions(
      FILE,
      shell,
      used.host,
      lines(IP, sh`remove_bridge ${[used.host.root, 'cni0', 'node2']}`),
      used.settings,
    );
    expect(kept.code).toBe(2);
    expect(kept.stdout).toMatch(
      /by veth1 veth2\), so it was left alone.*kubectl drain node2 --ignore-daemonsets/,
    );
  });
});

describe.each(SHELLS)('$name: leases of addresses', (shell) => {
  const OLD = 3600;

  async function leases(
    count: number,
    known: readonly string[],
    docker = `printf '%s\\n' ${known.join(' ')}`,
  ) {
    const host = await testHost();
    const settings = await programs(host, { docker });
    const all = Array.from({ length: count }, (_, at) => [`10.244.1.${at + 2}`, `id${at + 2}\r\neth0`]);
    await files(host.root, Object.fromEntries(all), OLD);
    await files(
      host.root,
      { last_reserved_ip: '10.244.1.9', 'last_reserved_ip.0': '10.244.1.9', lock: '' },
      OLD,
    );
    const call = (script: ReturnType<typeof sh>) => callFunctions(FILE, shell, host, script, settings);
    return { host, call };
  }

  it('are not looked at while there is room', async () => {
    const { host, call } = await leases(8, [], 'echo asked; exit 1');
    expect(await call(sh`check_leases ${[host.root, 10, 'docker']}`)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect((await call(sh`check_leases ${[host.root, '-', 'docker']}`)).code).toBe(0);
    expect((await call(sh`check_leases ${[join(host.root, 'none'), 1, 'docker']}`)).code).toBe(0);
  });

  it('of containers that are gone are removed, and nothing else', async () => {
    const { host, call } = await leases(9, ['id2', 'id4', 'id44']);
    await files(host.root, { '10.244.1.200': 'young' });
    const check = await call(sh`check_leases ${[host.root, 10, 'docker']}`);
    expect([check.code, check.stdout]).toEqual([
      1,
      `10 of the 10 addresses for pods of this node are taken, 7 of them by containers that are gone: soon there are "no IP addresses available in network: ${host.root.split('/').at(-1) ?? ''}" (pitfall cni-ip-exhausted)\n`,
    ]);
    expect((await call(sh`free_leases ${[host.root, 'docker']}`)).code).toBe(0);
    expect((await readdir(host.root)).toSorted()).toEqual([
      '10.244.1.2',
      '10.244.1.200',
      '10.244.1.4',
      'last_reserved_ip',
      'last_reserved_ip.0',
      'lock',
    ]);
  });

  it('of containers that are there are noted', async () => {
    const { host, call } = await leases(2, ['id2', 'id3']);
    const { code, stdout } = await call(sh`check_leases ${[host.root, 2, 'docker']}`);
    expect([code, stdout]).toEqual([
      0,
      'note: 2 of the 2 addresses for pods of this node are taken, all by containers that are there\n',
    ]);
  });

  it('stay when the runtime does not answer', async () => {
    const { host, call } = await leases(2, [], 'echo "Cannot connect"; exit 1');
    const check = await call(sh`check_leases ${[host.root, 2, 'docker']}`);
    expect([check.code, check.stdout]).toEqual([
      2,
      'docker cannot be asked which containers there are: Cannot connect\n',
    ]);
    expect((await call(sh`free_leases ${[host.root, 'docker']}`)).code).toBe(2);
    expect(await readdir(host.root)).toHaveLength(5);
  });
});

describe.each(SHELLS)("$name: flannel's file", (shell) => {
  const ADDRESS = '10.244.1.1/24';

  async function check(content: string | undefined, address: string, daemon: string) {
    const host = await testHost();
    const file = join(host.root, 'subnet.env');
    if (content !== undefined) await writeFile(file, content);
    const call = sh`flanneld() { printf %s ${daemon}; }
check_subnet_env ${[file, address]}`;
    return callFunctions(FILE, shell, host, call);
  }

  it("is the node's own, where flannel runs", async () => {
    expect((await check(undefined, ADDRESS, '')).code).toBe(0);
    expect((await check(`FLANNEL_SUBNET=${ADDRESS}\nFLANNEL_MTU=1450\n`, ADDRESS, '77')).code).toBe(0);
    expect((await check('FLANNEL_SUBNET=10.244.0.1/24\n', '-', '77')).code).toBe(0);
    const missing = await check(undefined, ADDRESS, '77');
    expect(missing.code).toBe(1);
    expect(missing.stdout).toMatch(/^open .*subnet\.env: no such file or directory; flanneld runs/);
    const foreign = await check('FLANNEL_SUBNET=10.244.0.1/24\n', ADDRESS, '77');
    expect(foreign.code).toBe(1);
    expect(foreign.stdout).toContain('says 10.244.0.1/24, and the part of this node is 10.244.1.1/24');
  });
});

import { spawnSync } from 'node:child_process';
import {
  copyFile,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript } from '../../../src/shell/script.js';
import { hostname } from '../../../src/tasks/hostname.js';
import { kernelModule } from '../../../src/tasks/kernel-module.js';
import { mount } from '../../../src/tasks/mount.js';
import { swapOff } from '../../../src/tasks/swap-off.js';
import { sysctl } from '../../../src/tasks/sysctl.js';
import { timezone } from '../../../src/tasks/timezone.js';
import { runApply, runScript, SHELLS, testHost } from '../run-task.js';
import { expectApply, expectCheck, expectLifecycle, ODD_NAME } from './lifecycle.js';
import { CAN_UNSHARE, namespace } from './namespace.js';

const TRUSTY = 'NAME="Ubuntu"\nVERSION="14.04.6 LTS, Trusty Tahr"\nID=ubuntu\nVERSION_ID="14.04"\n';
const ZONES = '/usr/share/zoneinfo';

describe.skipIf(!CAN_UNSHARE).each(SHELLS)('in namespaces, in $name', (shell) => {
  it('hostname sets the name now and for the next start', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    await writeFile(join(etc, 'hostname'), 'old\n');
    const task = hostname({ id: 'h', name: 'node-01' });
    const said = await expectLifecycle(shell, host, task, settings);
    expect(said).toMatch(/^the host is called .*, not node-01\n\/etc\/hostname says "old", not node-01\n$/);
    expect(await readFile(join(etc, 'hostname'), 'utf8')).toBe('node-01\n');
    const live = await runScript(shell, host, rawScript('hostname'), settings);
    expect(live.stdout).toBe('node-01\n');
    await rm(join(etc, 'hostname'));
    await expectLifecycle(shell, host, task, settings);
  });

  it('timezone makes a link and the name', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    await symlink(`${ZONES}/UTC`, join(etc, 'localtime'));
    await writeFile(join(etc, 'timezone'), 'Etc/UTC\n');
    const task = timezone({ id: 't', name: 'Asia/Shanghai' });
    const said = await expectLifecycle(shell, host, task, settings);
    expect(said).toBe(
      `/etc/localtime is ${ZONES}/UTC, not ${ZONES}/Asia/Shanghai\n/etc/timezone says "Etc/UTC", not Asia/Shanghai\n`,
    );
    expect(await readlink(join(etc, 'localtime'))).toBe(`${ZONES}/Asia/Shanghai`);
    expect(await readFile(join(etc, 'timezone'), 'utf8')).toBe('Asia/Shanghai\n');
  });

  it('timezone takes a relative link as it is, and replaces a copy by a link', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    const task = timezone({ id: 't', name: 'Asia/Shanghai' });
    await writeFile(join(etc, 'timezone'), 'Asia/Shanghai\n');
    await symlink(`..${ZONES}/Asia/Shanghai`, join(etc, 'localtime'));
    await expectCheck(shell, host, task, 0, settings);
    await rm(join(etc, 'localtime'));
    await copyFile(`${ZONES}/Asia/Shanghai`, join(etc, 'localtime'));
    expect(await expectLifecycle(shell, host, task, settings)).toBe(
      `/etc/localtime is no link, not ${ZONES}/Asia/Shanghai\n`,
    );
    expect((await lstat(join(etc, 'localtime'))).isSymbolicLink()).toBe(true);
  });

  it('timezone keeps a copy on Ubuntu 14.04', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    await writeFile(join(etc, 'os-release'), TRUSTY);
    await copyFile(`${ZONES}/UTC`, join(etc, 'localtime'));
    const said = await expectLifecycle(shell, host, timezone({ id: 't', name: 'Asia/Shanghai' }), settings);
    expect(said).toContain('/etc/localtime is not a copy of');
    expect((await lstat(join(etc, 'localtime'))).isFile()).toBe(true);
    expect(await readFile(join(etc, 'localtime'))).toEqual(await readFile(`${ZONES}/Asia/Shanghai`));
  });

  it('timezone says what to install, and refuses a zone that does not exist', async () => {
    const host = await testHost();
    const { settings } = await namespace(host);
    const unknown = await expectCheck(shell, host, timezone({ id: 't', name: 'Asia/Shangai' }), 2, settings);
    expect(unknown.stdout).toContain('Asia/Shangai is not a time zone of this host');
    const bare = await testHost();
    await mkdir(join(bare.root, 'share'));
    const empty = await namespace(bare, { '/usr/share': join(bare.root, 'share') });
    const task = timezone({ id: 't', name: 'Asia/Shanghai' });
    const missing = await expectCheck(shell, bare, task, 1, empty.settings);
    expect(missing.stdout).toBe('this host has no time zones: install tzdata\n');
    const failed = await runApply(shell, bare, task, empty.settings);
    expect(failed.code).toBe(2);
    expect(failed.stdout).toContain('install tzdata');
  });

  it('sysctl writes its file and sets what the kernel has', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    const file = '/etc/sysctl.d/90-provision.conf';
    const values = {
      'net.ipv4.ip_forward': '1',
      'net.ipv4.ip_local_port_range': '20000  60000',
      'net/ipv4/conf/lo/forwarding': '1',
    };
    await runScript(shell, host, rawScript('echo 0 >/proc/sys/net/ipv4/ip_forward'), settings);
    const said = await expectLifecycle(shell, host, sysctl({ id: 's', file, settings: values }), settings);
    expect(said).toContain('net.ipv4.ip_forward is 0, not 1\n');
    expect(said).toContain('net.ipv4.ip_local_port_range is 32768 60999, not 20000 60000\n');
    expect(await readFile(join(etc, 'sysctl.d/90-provision.conf'), 'utf8')).toBe(
      'net.ipv4.ip_forward = 1\nnet.ipv4.ip_local_port_range = 20000 60000\nnet/ipv4/conf/lo/forwarding = 1\n',
    );
    await runScript(shell, host, rawScript('echo 0 >/proc/sys/net/ipv4/ip_forward'), settings);
    const drift = await expectCheck(shell, host, sysctl({ id: 's', file, settings: values }), 1, settings);
    expect(drift.stdout).toContain('net.ipv4.ip_forward is 0, not 1\n');
    expect(drift.stdout).not.toContain('---');
  });

  it('sysctl understands names with dots, and says when the kernel lacks a setting', async () => {
    const host = await testHost();
    const { settings } = await namespace(host);
    const setUp =
      'ip link add veth.7 type veth peer name other && echo 0 >/proc/sys/net/ipv4/conf/veth.7/forwarding';
    const made = await runScript(shell, host, rawScript(setUp), settings);
    if (made.code === 0) {
      for (const key of ['net.ipv4.conf.veth/7.forwarding', 'net/ipv4/conf/veth.7/forwarding']) {
        await runScript(
          shell,
          host,
          rawScript('echo 0 >/proc/sys/net/ipv4/conf/veth.7/forwarding'),
          settings,
        );
        await expectLifecycle(
          shell,
          host,
          sysctl({ id: 's', file: '/etc/90.conf', settings: { [key]: '1' } }),
          settings,
        );
      }
    }
    const none = sysctl({ id: 's', file: '/etc/91.conf', settings: { 'net.bridge.no-such': '1' } });
    const { stdout } = await expectCheck(shell, host, none, 1, settings);
    expect(stdout).toContain('net.bridge.no-such: this kernel does not have it (yet)');
    expect((await runApply(shell, host, none, settings)).code).toBe(2);
  });

  it('mount mounts at an odd place and writes a line for the next start', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    const place = ODD_NAME.replaceAll('\n', ' ');
    const theirs = '# /etc/fstab\nUUID=1 / ext4 defaults 0 1\n\tproc /proc proc defaults';
    await writeFile(join(etc, 'fstab'), theirs);
    const options = {
      id: 'm',
      path: `${host.tmp}/${place}`,
      device: 'tmp fs',
      type: 'tmpfs',
      options: 'size=1m,ro',
    };
    const said = await expectLifecycle(shell, host, mount(options), settings);
    expect(said).toContain(`nothing is mounted at ${options.path}`);
    const fstab = await readFile(join(etc, 'fstab'), 'utf8');
    expect(fstab.startsWith(`${theirs}\ntmp\\040fs ${host.tmp}/`)).toBe(true);
    expect(fstab.endsWith(' tmpfs size=1m,ro 0 0\n')).toBe(true);
    const again = mount({ ...options, options: 'size=2m' });
    await expectLifecycle(shell, host, again, settings);
    expect((await readFile(join(etc, 'fstab'), 'utf8')).split('\n')).toHaveLength(5);
    const count = await runScript(shell, host, rawScript('grep -c size=1024k /proc/mounts'), settings);
    expect(count.stdout).toBe('1\n');
  });

  it('swapOff makes comments of the lines of /etc/fstab', async () => {
    const host = await testHost();
    await writeFile(join(host.root, 'swaps'), 'Filename\tType\tSize\tUsed\tPriority\n');
    const { settings, etc } = await namespace(host, { '/proc/swaps': join(host.root, 'swaps') });
    const fstab = `# swap none swap sw 0 0\n#/dev/sdb1 none swap sw 0 0\nUUID=1 / ext4 defaults 0 1\n/dev/sda2\tnone  swap sw 0 0\n/swap\\040file none swap sw 0 0`;
    await writeFile(join(etc, 'fstab'), fstab);
    const said = await expectLifecycle(shell, host, swapOff({ id: 's' }), settings);
    expect(said).toBe('/etc/fstab turns swap on: /dev/sda2\n/etc/fstab turns swap on: /swap\\040file\n');
    expect(await readFile(join(etc, 'fstab'), 'utf8')).toBe(
      '# swap none swap sw 0 0\n#/dev/sdb1 none swap sw 0 0\nUUID=1 / ext4 defaults 0 1\n# swap turned off by provision: /dev/sda2\tnone  swap sw 0 0\n' +
        '# swap turned off by provision: /swap\\040file none swap sw 0 0\n',
    );
    await rm(join(etc, 'fstab'));
    await expectCheck(shell, host, swapOff({ id: 's' }), 0, settings);
    await expectApply(shell, host, swapOff({ id: 's' }), settings);
  });

  it('swapOff names the swap in use, and turns it off by its unescaped name', async () => {
    const host = await testHost();
    const swaps = join(host.root, 'swaps');
    await writeFile(
      swaps,
      'Filename Type Size Used Priority\n/swap\\040file file 1024 0 -2\n/dev/zram0 partition 1 0 5\n',
    );
    const { settings } = await namespace(host, { '/proc/swaps': swaps });
    const { stdout } = await expectCheck(shell, host, swapOff({ id: 's' }), 1, settings);
    expect(stdout).toBe('swap is on: /swap\\040file\nswap is on: /dev/zram0\n');
    const standIn = rawScript(
      `swapoff() { printf '<%s>' "$1"; }\n${swapOff({ id: 's' }).apply?.source ?? ''}`,
    );
    expect((await runScript(shell, host, standIn, settings)).stdout).toBe('</swap file></dev/zram0>');
  });

  it('kernelModule knows loaded modules, features and missing modules', async () => {
    const host = await testHost();
    const { settings, etc } = await namespace(host);
    const [loaded = ''] = await readdir('/sys/module');
    const names = [loaded, { name: 'no-such-module', presentWhen: '/proc/sys/net' }];
    const file = '/etc/modules-load.d/provision.conf';
    const said = await expectLifecycle(shell, host, kernelModule({ id: 'k', file, names }), settings);
    expect(said).toContain(`+${loaded}\n+no-such-module\n`);
    expect(said).not.toContain('is not loaded');
    expect(await readFile(join(etc, 'modules-load.d/provision.conf'), 'utf8')).toBe(
      `${loaded}\nno-such-module\n`,
    );
    const missing = kernelModule({ id: 'k', file, names: [loaded, 'no-such-module'] });
    expect((await expectCheck(shell, host, missing, 1, settings)).stdout).toBe(
      'no-such-module is not loaded\n',
    );
    expect((await runApply(shell, host, missing, settings)).code).toBe(2);
  });

  it('kernelModule knows what is built in', async () => {
    const host = await testHost();
    const { settings } = await namespace(host);
    const release = spawnSync('uname', ['-r']).stdout.toString().trim();
    const modules = join(host.root, 'lib/modules', release);
    await mkdir(modules, { recursive: true });
    await writeFile(
      join(modules, 'modules.builtin'),
      'kernel/fs/x-y.ko\nkernel/net/a_b.ko\nkernel/net/xa_c.ko\n',
    );
    const overlay = `mount -t overlay -o lowerdir=${host.root}/lib:/usr/lib overlay /usr/lib`;
    expect(await runScript(shell, host, rawScript(overlay), settings)).toMatchObject({ code: 0, stderr: '' });
    const builtIn = kernelModule({ id: 'k', file: '/etc/m.conf', names: ['a-b', 'x_y'] });
    await expectApply(shell, host, builtIn, settings);
    await expectCheck(shell, host, builtIn, 0, settings);
    const other = kernelModule({ id: 'k', file: '/etc/m.conf', names: ['a-b', 'x_y', 'a_c'] });
    expect((await expectCheck(shell, host, other, 1, settings)).stdout).toContain('a_c is not loaded\n');
  });
});

describe('settings of the kernel', () => {
  it.each(['', 'net', 'net..x', '/net/ipv4', 'net/../../etc/passwd', 'a.b c', 'a.b\nc', '-a b.c', 'a.//.b'])(
    'sysctl refuses the name %j',
    (key) => {
      expect(() => sysctl({ id: 's', file: '/f', settings: { [key]: '1' } })).toThrow(RangeError);
    },
  );

  it('refuses values and names that no file can hold', () => {
    expect(() => sysctl({ id: 's', file: '/f', settings: { 'a.b': '1\nc.d = 2' } })).toThrow(RangeError);
    expect(() => kernelModule({ id: 'k', file: '/f', names: ['a b'] })).toThrow(RangeError);
    expect(() => kernelModule({ id: 'k', file: '/f', names: ['-r'] })).toThrow(RangeError);
    expect(() => mount({ id: 'm', path: '/m', device: '', type: 'ext4', options: 'x' })).toThrow(RangeError);
  });
});

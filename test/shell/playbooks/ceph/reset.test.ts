import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Script, sh } from '../../../../src/shell/script.js';
import { type ScriptResult, SHELLS, testHost, type TestHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

/** Files by path below a folder; folders are made. A path that ends with / is an empty folder. */
function lay(root: string, ...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(join(root, path.endsWith('/') ? path : join(path, '..')), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(join(root, path), 'x\n');
  }
}

/** Paths of all that is below a folder, sorted. */
function everything(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted();
}

describe.each(SHELLS)('$name: taking Ceph away', (shell) => {
  const call = (host: TestHost, script: Script): Promise<ScriptResult> =>
    callFunctions('ceph/reset.sh', shell, host, script);

  it('finds mounts of CephFS, the innermost first', async () => {
    const host = await testHost();
    const table = join(host.root, 'mounts');
    writeFileSync(
      table,
      `/dev/sda1 / ext4 rw 0 0
ceph-fuse /mnt/a\\040b fuse.ceph-fuse rw 0 0
10.0.0.1:6789:/ /mnt/a\\040b/in ceph rw 0 0
tmpfs /run/ceph tmpfs rw 0 0
`,
    );
    expect((await call(host, sh`list_mounts ${table}`)).stdout).toBe('/mnt/a\\040b/in\n/mnt/a\\040b\n');
    const unmounted = await call(
      host,
      sh`timeout() { shift; "$@"; }
umount() { [ "$1" = -l ] && printf 'lazily ' && shift; echo "<$1>"; [ "$1" != '/mnt/a b' ]; }
unmount_all ${table}`,
    );
    expect(unmounted.stdout).toBe('</mnt/a b/in>\n</mnt/a b>\nlazily </mnt/a b>\n');
  });

  it('finds the daemons of this host by their names', async () => {
    const host = await testHost();
    const program = join(host.root, 'ceph-osd');
    copyFileSync('/usr/bin/sleep', program);
    const child = spawn(program, ['60']);
    onTestFinished(() => void child.kill());
    await expect
      .poll(async () => (await call(host, sh`list_daemons`)).stdout)
      .toContain(`${child.pid} ceph-osd\n`);
  });

  it('finds what starts with the host', async () => {
    const host = await testHost();
    lay(host.root, 'ceph-mon.target.wants/', 'other.wants/');
    symlinkSync(
      '/lib/systemd/system/ceph-mon@.service',
      join(host.root, 'ceph-mon.target.wants/ceph-mon@node1.service'),
    );
    symlinkSync('/x', join(host.root, 'other.wants/other@1.service'));
    expect((await call(host, sh`list_enabled ${host.root}`)).stdout).toBe('ceph-mon@node1.service\n');
    const told = await call(
      host,
      sh`list_daemons() { :; }
tell_daemons ${host.root}`,
    );
    expect(told).toMatchObject({ code: 1, stdout: 'starts with the host: ceph-mon@node1.service\n' });
  });

  it('empties the directory of an OSD, and leaves one that is none', async () => {
    const host = await testHost();
    const osd = join(host.root, "osd 'a'");
    const both = sh`tell_osd ${osd}; echo "$?"; empty_osd ${osd}; tell_osd ${osd}`;
    expect(await call(host, both)).toMatchObject({ code: 0, stdout: '0\n', stderr: '' });
    lay(osd, 'precious', 'magic');
    const kept = await call(host, both);
    expect(kept.stdout).toBe(
      `note: ${osd} is not empty and holds no OSD; it was left as it is\n0\nnote: ${osd} is not empty and holds no OSD; it was left as it is\n`,
    );
    expect(readdirSync(osd)).toEqual(['magic', 'precious']);
    writeFileSync(join(osd, 'magic'), 'ceph osd volume v026\n');
    lay(osd, 'current/0.1_head/x', 'ceph_fsid', 'lost+found/');
    expect(await call(host, both)).toMatchObject({ code: 0, stdout: `${osd} holds an OSD\n1\n`, stderr: '' });
    expect(readdirSync(osd)).toEqual(['lost+found']);
    expect(await call(host, both)).toMatchObject({ code: 0, stdout: '0\n' });
  });

  it('knows an OSD whose deletion was cut', async () => {
    const host = await testHost();
    const osd = join(host.root, 'osd');
    lay(osd, 'ceph_fsid', 'current/x');
    expect((await call(host, sh`tell_osd ${osd}`)).code).toBe(1);
    const target = join(host.root, 'elsewhere');
    lay(target, 'keep');
    symlinkSync(target, join(osd, 'link'));
    await call(host, sh`empty_osd ${osd}`);
    expect([readdirSync(osd), readdirSync(target)]).toEqual([[], ['keep']]);
  });

  it('removes data and leaves the folders of the packages, mount points and what links lead to', async () => {
    const host = await testHost();
    const lib = join(host.root, 'lib');
    const target = join(host.root, 'osd0');
    lay(target, 'keep');
    lay(
      lib,
      'mon/ceph-node1/store.db/1.sst',
      'osd/',
      'bootstrap-osd/ceph.keyring',
      'crash/posted/',
      'tmp/',
      'provision/a.keyring',
      'mgr/mounted/x',
    );
    symlinkSync(target, join(lib, 'osd/ceph-0'));
    const mounted = sh`mountpoint() { [ "$2" = ${join(lib, 'mgr/mounted')} ]; }`;
    const list = sh`${mounted}
list_data ${[lib, 'provision']}`;
    const told = await call(host, sh`${list} | tell_some there`);
    expect(told).toMatchObject({ code: 1, stdout: expect.stringMatching(/^there: \d+ files/) as string });
    expect(await call(host, sh`${list} | remove_lines`)).toMatchObject({ code: 0, stderr: '' });
    expect(everything(lib)).toEqual([
      'bootstrap-osd',
      'crash',
      'crash/posted',
      'mgr',
      'mgr/mounted',
      'mon',
      'osd',
      'tmp',
    ]);
    expect(readdirSync(target)).toEqual(['keep']);
    expect(await call(host, sh`${list} | tell_some there`)).toMatchObject({ code: 0, stdout: '' });
    expect((await call(host, sh`list_data ${[join(host.root, 'none'), 'x']}`)).stdout).toBe('');
  });

  it('removes configuration, keys and logs; rbdmap belongs to a package', async () => {
    const host = await testHost();
    const [etc, log, run] = ['etc', 'log', 'run'].map((name) => join(host.root, name)) as [
      string,
      string,
      string,
    ];
    lay(
      host.root,
      'etc/ceph.conf',
      'etc/ceph.client.admin.keyring',
      'etc/rbdmap',
      'log/ceph-osd.0.log',
      'log/old/x.gz',
      'run/ceph-mon.asok',
    );
    await call(host, sh`list_files ${[etc, log, run]} | remove_lines`);
    expect([readdirSync(etc), readdirSync(log), readdirSync(run)]).toEqual([['rbdmap'], [], []]);
    expect((await call(host, sh`list_files ${[etc, log, join(host.root, 'none')]}`)).stdout).toBe('');
  });

  it('removes what is left of units: single daemons, and links whose unit is gone', async () => {
    const host = await testHost();
    const { root } = host;
    lay(
      root,
      'ceph-osd@3.service.d/a.conf',
      'ceph-osd@.service.d/limits.conf',
      'ceph-osd.target.wants/',
      'multi-user.target.wants/',
      'ceph.target.wants/',
      'there',
      'ceph-backup.service',
    );
    const link = (to: string, at: string) => symlinkSync(to, join(root, at));
    link(join(root, 'there'), 'ceph-osd.target.wants/ceph-osd@0.service');
    link('/gone', 'multi-user.target.wants/ceph-mon.target');
    link(join(root, 'there'), 'multi-user.target.wants/ceph.target');
    link(join(root, 'there'), 'ceph.target.wants/ceph-mgr.target');
    expect(await call(host, sh`list_units ${root} | remove_lines`)).toMatchObject({ code: 0, stderr: '' });
    expect(everything(root)).toEqual([
      'ceph-backup.service',
      'ceph-osd@.service.d',
      'ceph-osd@.service.d/limits.conf',
      'ceph.target.wants',
      'ceph.target.wants/ceph-mgr.target',
      'multi-user.target.wants',
      'multi-user.target.wants/ceph.target',
      'there',
    ]);
    expect(lstatSync(join(root, 'multi-user.target.wants/ceph.target')).isSymbolicLink()).toBe(true);
    expect((await call(host, sh`list_units ${root}`)).stdout).toBe('');
    expect(await call(host, sh`list_units ${join(root, 'none')}`)).toMatchObject({ code: 0, stdout: '' });
  });

  it('removes keys from the folder of the deployment, and proofs', async () => {
    const host = await testHost();
    lay(
      host.root,
      'ceph.conf',
      'ceph.mon.keyring',
      'ceph.bootstrap-osd.keyring-20261121',
      'ceph-deploy-ceph.log',
    );
    await call(host, sh`list_work ${host.root} | remove_lines`);
    expect(readdirSync(host.root)).toEqual(['ceph-deploy-ceph.log']);
    lay(host.state, 'proofs/ceph-health', 'proofs/container-runs');
    await call(host, sh`list_proofs "$STATE" | remove_lines`);
    expect(readdirSync(join(host.state, 'proofs'))).toEqual(['container-runs']);
    expect(existsSync(join(host.root, 'none'))).toBe(false);
    expect((await call(host, sh`list_work ${join(host.root, 'none')}`)).stdout).toBe('');
  });
});

import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { fakeCluster, judge, recorded, recordedPath } from './cluster.js';

const CAPS = {
  mon: 'allow r fsname=cephfs',
  mds: 'allow rw fsname=cephfs path=/apps/harbor-k8s',
  osd: 'allow rw tag cephfs data=cephfs',
};
const KEY = 'AQBmadeUpForTests0123456789abcdefghij==';
const KEYRING = `[client.harbor]\n\tkey = ${KEY}\n`;

/** The keyring lies in the folder of the test. */
const inRoot = (call: Script) => lines(sh`client_file() { printf '%s/keyring' "$ROOT"; }`, call);
const check = inRoot(sh`check_client harbor ${JSON.stringify(CAPS)}`);
const apply = inRoot(sh`apply_client harbor ${[JSON.stringify(CAPS), ...Object.entries(CAPS).flat()]}`);

describe.each(SHELLS)('$name: a client', (shell) => {
  it('has the same rights whatever their order and spaces', async () => {
    const caps = { ...CAPS, osd: ' allow rw  tag cephfs data=cephfs ' };
    const call = sh`judge_client harbor ${JSON.stringify(caps)}`;
    expect(await judge(shell, 'clients.sh', recorded('auth-get'), call)).toMatchObject({
      code: 0,
      stdout: '',
    });
    const two = [{ entity: 'client.a', key: KEY, caps: { osd: 'profile rbd pool=b,profile rbd pool=a' } }];
    const order = sh`judge_client a ${JSON.stringify({ osd: 'profile rbd pool=a, profile rbd pool=b' })}`;
    expect((await judge(shell, 'clients.sh', JSON.stringify(two), order)).code).toBe(0);
  });

  it('with other rights differs, and its key is not told', async () => {
    const call = sh`judge_client harbor ${JSON.stringify({ ...CAPS, mon: 'allow r' })}`;
    const { code, stdout } = await judge(shell, 'clients.sh', recorded('auth-get'), call);
    expect(code).toBe(1);
    expect(stdout).toBe(
      'client.harbor has the rights mds "allow rw fsname=cephfs path=/apps/harbor-k8s", mon "allow r fsname=cephfs", osd "allow rw tag cephfs data=cephfs", not mds "allow rw fsname=cephfs path=/apps/harbor-k8s", mon "allow r", osd "allow rw tag cephfs data=cephfs"\n',
    );
    const more = sh`judge_client harbor ${JSON.stringify({ mon: CAPS.mon })}`;
    expect((await judge(shell, 'clients.sh', recorded('auth-get'), more)).code).toBe(1);
  });

  it('is made, and its key written where only root reads it', async () => {
    const cluster = await fakeCluster(`
      'ceph auth get client.harbor -f json')
        [ -e $ROOT/made ] || { echo 'Error ENOENT' >&2; exit 2; }
        echo 'exported keyring for client.harbor' >&2
        cat ${recordedPath('auth-get')} ;;
      *get-or-create*) : >$ROOT/made; cat ${recordedPath('auth-get')} ;;`);
    expect(await cluster.run(shell, 'clients.sh', check)).toMatchObject({
      code: 1,
      stdout: 'client.harbor is not in the cluster, or the monitors do not answer\n',
    });
    const done = await cluster.run(shell, 'clients.sh', apply);
    expect(done.code).toBe(0);
    expect(done.stdout + done.stderr).not.toContain(KEY);
    expect(await cluster.calls()).toContain(
      'ceph auth get-or-create client.harbor mon allow r fsname=cephfs mds allow rw fsname=cephfs path=/apps/harbor-k8s osd allow rw tag cephfs data=cephfs',
    );
    const keyring = join(cluster.host.root, 'keyring');
    expect(await readFile(keyring, 'utf8')).toBe(KEYRING);
    expect((await stat(keyring)).mode & 0o777).toBe(0o600);
    const again = await cluster.run(shell, 'clients.sh', check);
    expect(again).toMatchObject({ code: 0, stdout: '' });
    const told = await cluster.run(shell, 'clients.sh', inRoot(sh`told_key harbor`));
    expect(told.stdout).toBe(KEY);
  });

  it('gets its rights back, and its keyring when that holds another key or can be read by others', async () => {
    const cluster = await fakeCluster(`
      'ceph auth get client.harbor -f json')
        jq '.[0].caps.mon = "allow *"' ${recordedPath('auth-get')} ;;`);
    const keyring = join(cluster.host.root, 'keyring');
    await writeFile(keyring, KEYRING.replace('AQB', 'AQC'));
    await chmod(keyring, 0o644);
    const { code, stdout } = await cluster.run(shell, 'clients.sh', check);
    expect(code).toBe(1);
    expect(stdout).toContain('mon "allow *"');
    expect(stdout).toContain('does not hold the key of client.harbor');
    expect(stdout).toContain('mode is 644, not 600');
    expect(stdout).not.toContain('AQ');
    expect((await cluster.run(shell, 'clients.sh', apply)).code).toBe(0);
    expect((await cluster.calls()).at(-1)).toMatch(
      /^ceph auth caps client\.harbor mon allow r fsname=cephfs mds /,
    );
    expect(await readFile(keyring, 'utf8')).toBe(KEYRING);
  });
});

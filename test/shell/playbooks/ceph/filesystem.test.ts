import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS } from '../../run-task.js';
import { changed, fakeCluster, judge, recorded, recordedPath } from './cluster.js';

/** A module cephfs whose file system is a folder; it knows the option of pacific and later only. */
const FAKE_MODULE = `
import os
ROOT = os.environ['ROOT']
class ObjectNotFound(Exception):
    pass
class LibCephFS(object):
    def __init__(self, conffile):
        assert conffile == '/etc/ceph/ceph.conf'
    def conf_set(self, name, value):
        if name not in ('client_mount_timeout', 'client_fs'):
            raise Exception(name)
    def mount(self):
        if os.path.exists(ROOT + '/broken'):
            raise Exception('no MDS')
    def stat(self, path):
        if not os.path.isdir(ROOT + '/fs' + path):
            raise ObjectNotFound(path)
    def mkdirs(self, path, mode):
        os.makedirs(ROOT + '/fs' + path, mode)
    def shutdown(self):
        pass
`;

describe.each(SHELLS)('$name: the file system', (shell) => {
  const judgeIt = (answer: string, name: string, mdss: readonly string[]) =>
    judge(shell, 'filesystem.sh', answer, sh`judge_filesystem ${[name, JSON.stringify(mdss)]}`);

  it('with an active MDS is well', async () => {
    expect(await judgeIt(recorded('fs-dump'), 'cephfs', ['debian'])).toMatchObject({ code: 0, stdout: '' });
  });

  it('that is not there differs', async () => {
    expect(await judgeIt(recorded('fs-dump'), 'files', ['debian'])).toMatchObject({
      code: 1,
      stdout: 'there is no file system files\n',
    });
  });

  it('without an MDS differs, and names the pitfall', async () => {
    expect(await judgeIt(recorded('fs-dump-no-mds'), 'cephfs', ['debian'])).toMatchObject({
      code: 1,
      stdout: 'no MDS of the file system cephfs is active: no MDS serves it (pitfall cephfs-no-mds)\n',
    });
  });

  it('says what an MDS is doing that is not active yet', async () => {
    const starting = changed('fs-dump', '.filesystems[0].mdsmap.info |= map_values(.state = "up:replay")');
    expect((await judgeIt(starting, 'cephfs', ['debian'])).stdout).toBe(
      'no MDS of the file system cephfs is active: mds.debian is up:replay (pitfall cephfs-no-mds)\n',
    );
  });

  it('notes an MDS that is not in the inventory', async () => {
    const { code, stdout } = await judgeIt(recorded('fs-dump'), 'cephfs', ['node2']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^note: mds\.debian is in the cluster and not in the inventory; nothing was done about it\. To remove it: /,
    );
  });

  it('is made of its pools, and waited for', async () => {
    const cluster = await fakeCluster(`
      'ceph fs dump -f json')
        if [ -e $ROOT/new ]; then cat ${recordedPath('fs-dump')}; else jq '.filesystems = []' ${recordedPath('fs-dump')}; fi ;;
      'ceph fs new cephfs cephfs_metadata cephfs_data') : >$ROOT/new ;;`);
    const { code } = await cluster.run(
      shell,
      'filesystem.sh',
      sh`apply_filesystem cephfs '["debian"]' cephfs_metadata cephfs_data 5`,
    );
    expect(code).toBe(0);
    expect(await cluster.calls()).toContain('ceph fs new cephfs cephfs_metadata cephfs_data');
  });

  it('without an MDS fails when its time is over, and says where to look', async () => {
    const cluster = await fakeCluster(`'ceph fs dump -f json') cat ${recordedPath('fs-dump-no-mds')} ;;`);
    const { code, stdout } = await cluster.run(
      shell,
      'filesystem.sh',
      sh`apply_filesystem cephfs '["debian"]' cephfs_metadata cephfs_data 4`,
    );
    expect(code).toBe(2);
    expect(stdout).toMatch(/waiting for an active MDS \(\d s left\)/);
    expect(stdout).toMatch(/pitfall cephfs-no-mds\)\nLook why on the hosts with the role mds: journalctl/);
    expect(await cluster.calls()).not.toContain('ceph fs new cephfs cephfs_metadata cephfs_data');
  });

  it('is looked through, and given its folders, without being mounted', async () => {
    const cluster = await fakeCluster('');
    const { root } = cluster.host;
    await writeFile(join(root, 'cephfs.py'), FAKE_MODULE);
    const program = await readFile(new URL('../../../../playbooks/ceph/folders.py', import.meta.url), 'utf8');
    const folders = (verb: string) =>
      cluster.run(shell, 'filesystem.sh', sh`folders ${[verb, 'cephfs', program, '/apps/a', '/b']}`, {
        env: { PYTHONPATH: root, PYTHONDONTWRITEBYTECODE: '1' },
      });
    expect(await folders('look')).toMatchObject({
      code: 1,
      stdout: 'the file system cephfs has no folder /apps/a\nthe file system cephfs has no folder /b\n',
    });
    expect(await folders('make')).toMatchObject({ code: 0, stdout: '' });
    expect(await folders('look')).toMatchObject({ code: 0, stdout: '' });
    await writeFile(join(root, 'broken'), '');
    expect(await folders('look')).toMatchObject({
      code: 1,
      stdout: 'the file system cephfs cannot be mounted: no MDS\n',
    });
  });
});

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../../src/shell/script.js';
import { SHELLS, type TestHost, testHost } from '../../../run-task.js';
import { callFunctions } from '../../source.js';

const ORIGINAL = 'distribution = platform.linux_distribution\n';
const CHANGE = 's/platform\\.linux_distribution/other/';
const PATCHED = 'distribution = other\n';
const sum = (text: string) => createHash('sha256').update(text).digest('hex');

function fileOf(host: TestHost, content: string): string {
  const path = join(host.root, 'remotes.py');
  writeFileSync(path, content);
  return path;
}

describe.each(SHELLS)('$name: the copy of ceph-deploy', (shell) => {
  const patch = async (host: TestHost, path: string, patched = PATCHED) =>
    callFunctions(
      'ceph/ceph-deploy/install.sh',
      shell,
      host,
      sh`patch_file ${[path, sum(ORIGINAL), CHANGE, sum(patched)]}`,
    );

  it('is changed where it is the one that we know, and then left alone', async () => {
    const host = await testHost();
    const path = fileOf(host, ORIGINAL);
    for (let time = 0; time < 2; time += 1) {
      expect(await patch(host, path)).toMatchObject({ code: 0, stdout: '' });
      expect(readFileSync(path, 'utf8')).toBe(PATCHED);
    }
  });

  it('is refused and left as it is where it is another one', async () => {
    const host = await testHost();
    const other = `# other\n${ORIGINAL}`;
    const path = fileOf(host, other);
    const { code, stdout } = await patch(host, path);
    expect([code, stdout]).toEqual([
      2,
      `${path} is not the file that provision knows how to change (its SHA-256 is not ${sum(ORIGINAL)}): nothing was changed. Use ceph.installer: packages, which needs no ceph-deploy\n`,
    ]);
    expect(readFileSync(path, 'utf8')).toBe(other);
  });

  it('is left as it is when the change does not give what it must', async () => {
    const host = await testHost();
    const path = fileOf(host, ORIGINAL);
    expect((await patch(host, path, 'something else\n')).code).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(ORIGINAL);
  });

  it('is as desired only when it starts in that version with the files that we know', async () => {
    const host = await testHost();
    const root = join(host.root, 'ceph-deploy-2.0.1');
    const site = join(root, 'lib/python3.11/site-packages');
    const check = async () => {
      const call = sh`check_deploy ${[root, '2.0.1', 'ceph_deploy/remotes.py', sum(ORIGINAL), CHANGE, sum(PATCHED)]}`;
      const { code, stdout } = await callFunctions('ceph/ceph-deploy/install.sh', shell, host, call);
      return [code, stdout.replaceAll(root, 'ROOT')];
    };
    expect(await check()).toEqual([1, 'ceph-deploy 2.0.1 is not installed: ROOT is missing\n']);
    mkdirSync(join(root, 'bin'), { recursive: true });
    expect(await check()).toEqual([1, 'ROOT does not hold ceph-deploy\n']);
    mkdirSync(join(site, 'ceph_deploy'), { recursive: true });
    writeFileSync(join(site, 'ceph_deploy/__init__.py'), '');
    writeFileSync(join(site, 'ceph_deploy/remotes.py'), ORIGINAL);
    expect(await check()).toEqual([
      1,
      'ROOT/lib/python3.11/site-packages/ceph_deploy/remotes.py is not the file that works with this Python\n',
    ]);
    writeFileSync(join(site, 'ceph_deploy/remotes.py'), PATCHED);
    symlinkSync('/bin/false', join(root, 'bin/python'));
    expect(await check()).toEqual([1, 'ceph-deploy in ROOT does not start, or is not 2.0.1: \n']);
    writeFileSync(join(host.root, 'python'), '#!/bin/sh\necho 2.0.1\n', { mode: 0o755 });
    rmSync(join(root, 'bin/python'));
    symlinkSync(join(host.root, 'python'), join(root, 'bin/python'));
    expect(await check()).toEqual([0, '']);
  });

  it('gets the proxies from the secret, not from arguments', async () => {
    const host = await testHost({
      'ceph-deploy-proxy': 'http_proxy=http://me:a=b@proxy:3128\nno_proxy=localhost\n',
    });
    const root = join(host.root, 'env');
    mkdirSync(join(root, 'bin'), { recursive: true });
    const python = '#!/bin/sh\necho "$http_proxy $no_proxy $CEPH_DEPLOY_NO_VENDOR"\necho "$@"\nexit 1\n';
    writeFileSync(join(root, 'bin/python'), python, { mode: 0o755 });
    const { code, stdout } = await callFunctions(
      'ceph/ceph-deploy/install.sh',
      shell,
      host,
      sh`run_pip ${[root, 'a==1 --hash=sha256:00\n']} --no-build-isolation`,
    );
    const [environment, words, why] = stdout.split('\n');
    expect([code, environment]).toEqual([2, 'http://me:a=b@proxy:3128 localhost 1']);
    expect(words).toBe(
      `-m pip --disable-pip-version-check --no-input --retries 3 --timeout 30 install --no-cache-dir --no-deps --no-compile --require-hashes --no-build-isolation -r ${root}/requirements.txt`,
    );
    expect(why).toMatch(/^pip could not install ceph-deploy\./);
    expect(readFileSync(join(root, 'requirements.txt'), 'utf8')).toBe('a==1 --hash=sha256:00\n');
  });

  it('names the folder that it is moved to', async () => {
    const host = await testHost();
    const root = join(host.root, 'new');
    mkdirSync(join(root, 'bin'), { recursive: true });
    writeFileSync(join(root, 'bin/ceph-deploy'), `#!${root}/bin/python\n`, { mode: 0o755 });
    writeFileSync(join(root, 'pyvenv.cfg'), `command = python3 -m venv ${root}\n`);
    await callFunctions('ceph/ceph-deploy/install.sh', shell, host, sh`move_paths ${root} /opt/x`);
    expect(readFileSync(join(root, 'bin/ceph-deploy'), 'utf8')).toBe('#!/opt/x/bin/python\n');
    expect(readFileSync(join(root, 'pyvenv.cfg'), 'utf8')).toBe('command = python3 -m venv /opt/x\n');
  });
});

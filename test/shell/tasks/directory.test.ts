import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { directory } from '../../../src/tasks/directory.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_NAME } from './lifecycle.js';

describe.each(SHELLS)('directory in $name', (shell) => {
  it('makes a folder with its parents', async () => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME, ODD_NAME);
    const said = await expectLifecycle(shell, host, directory({ id: 'd', path, mode: '0700' }));
    expect(said).toBe(`${path} is missing\n`);
    expect((await stat(path)).mode & 0o7777).toBe(0o700);
    expect((await stat(join(host.root, ODD_NAME))).mode & 0o7777).toBe(0o755);
  });

  it('sets the mode of a folder that is there', async () => {
    const host = await testHost();
    const path = join(host.root, 'd');
    await mkdir(path);
    await chmod(path, 0o711);
    await expectCheck(shell, host, directory({ id: 'd', path }), 0);
    const said = await expectLifecycle(shell, host, directory({ id: 'd', path, mode: '1777' }));
    expect(said).toBe(`${path}: mode is 711, not 1777\n`);
  });

  it('takes a link to a folder for one, and refuses a file', async () => {
    const host = await testHost();
    const [link, path] = [join(host.root, 'link'), join(host.root, 'f')];
    await symlink(host.secrets, link);
    await expectCheck(shell, host, directory({ id: 'd', path: link }), 0);
    await writeFile(path, '');
    const { stdout } = await expectCheck(shell, host, directory({ id: 'd', path }), 2);
    expect(stdout).toBe(`${path} is not a folder\n`);
  });
});

import { mkdir, readFile, readlink, symlink as link, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { symlink } from '../../../src/tasks/symlink.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_NAME } from './lifecycle.js';

describe.each(SHELLS)('symlink in $name', (shell) => {
  it.each([ODD_NAME, '/etc', `../${ODD_NAME}`, 'ends in a line feed\n'])(
    'makes a link that says %j',
    async (target) => {
      const host = await testHost();
      const path = join(host.root, 'new', ODD_NAME);
      const said = await expectLifecycle(shell, host, symlink({ id: 's', path, target }));
      expect(said).toBe(`${path} is missing\n`);
      expect(await readlink(path)).toBe(target);
    },
  );

  it('changes a link, also one to a folder', async () => {
    const host = await testHost();
    const path = join(host.root, 'link');
    await link(host.secrets, path);
    const said = await expectLifecycle(shell, host, symlink({ id: 's', path, target: '/x' }));
    expect(said).toBe(`${path} is a link to ${host.secrets}, not to /x\n`);
    expect(await readlink(path)).toBe('/x');
    expect(await readlink(join(host.state, 'backup/run-1', path))).toBe(host.secrets);
  });

  it('replaces a file and keeps a copy; refuses a folder', async () => {
    const host = await testHost();
    const [path, folder] = [join(host.root, 'f'), join(host.root, 'd')];
    await writeFile(path, 'theirs');
    await expectLifecycle(shell, host, symlink({ id: 's', path, target: '/x' }));
    expect(await readFile(join(host.state, 'backup/run-1', path), 'utf8')).toBe('theirs');
    await mkdir(folder);
    await expectCheck(shell, host, symlink({ id: 's', path: folder, target: '/x' }), 2);
  });
});

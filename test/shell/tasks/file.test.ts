import { chmod, lstat, mkdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { file } from '../../../src/tasks/file.js';
import { runApply, runCheck, SHELLS, testHost } from '../run-task.js';
import { expectApply, expectCheck, expectLifecycle, ODD_NAME, ODD_TEXT, treeOf } from './lifecycle.js';

const modeOf = async (path: string) => ((await stat(path)).mode & 0o7777).toString(8);

describe.each(SHELLS)('file in $name', (shell) => {
  it('makes a file and the folders above it', async () => {
    const host = await testHost();
    const path = join(host.root, 'etc', 'new', 'a.conf');
    const diff = await expectLifecycle(shell, host, file({ id: 'f', path, content: 'one\ntwo\n' }));
    expect(diff).toBe(`--- /dev/null\n+++ ${path} (declared)\n@@ -0,0 +1,2 @@\n+one\n+two\n`);
    expect(await readFile(path, 'utf8')).toBe('one\ntwo\n');
    expect([await modeOf(path), await modeOf(join(host.root, 'etc'))]).toEqual(['644', '755']);
  });

  it.each([
    ['', ODD_TEXT],
    ['new\n', ODD_TEXT],
    ['x', ''],
    ['same', 'same\n'],
    ['\n\n', '\n'],
  ])('replaces %j by %j at an odd path', async (before, content) => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME, ODD_NAME);
    await mkdir(join(host.root, ODD_NAME));
    await writeFile(path, before);
    await expectLifecycle(shell, host, file({ id: 'f', path, content, mode: '0640' }));
    expect(await readFile(path, 'utf8')).toBe(content);
    expect(await modeOf(path)).toBe('640');
    expect((await treeOf(host.root)).length).toBe(2);
    expect(await readFile(join(host.state, 'backup/run-1', path), 'utf8')).toBe(before);
  });

  it('keeps the mode and owner that a file has when none is declared', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'old');
    await chmod(path, 0o4751);
    await expectLifecycle(shell, host, file({ id: 'f', path, content: 'new' }));
    expect(await modeOf(path)).toBe('4751');
  });

  it('sets mode and owner alone, and says which differ', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'same');
    await chmod(path, 0o644);
    await utimes(path, 1, 1);
    const said = await expectLifecycle(shell, host, file({ id: 'f', path, content: 'same', mode: '4755' }));
    expect((await stat(path)).mtimeMs).toBe(1000);
    expect(said).toBe(`${path}: mode is 644, not 4755\n`);
    expect(await modeOf(path)).toBe('4755');
  });

  it.skipIf(process.getuid?.() !== 0)('sets owner and group, by name or number', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'same');
    const said = await expectLifecycle(
      shell,
      host,
      file({ id: 'f', path, content: 'same', owner: 'nobody', group: '1' }),
    );
    expect(said).toContain(`${path}: owner is root, not nobody\n${path}: group is root, not 1\n`);
    expect(await stat(path)).toMatchObject({ uid: 65534, gid: 1 });
    await expectCheck(shell, host, file({ id: 'f', path, content: 'same', group: 'daemon' }), 0);
  });

  it('follows a link to a file and leaves the link', async () => {
    const host = await testHost();
    const [link, real] = [join(host.root, 'link'), join(host.root, `real${ODD_NAME}`)];
    await writeFile(real, 'old');
    await symlink(`real${ODD_NAME}`, link);
    await expectLifecycle(shell, host, file({ id: 'f', path: link, content: 'new' }));
    expect(await readFile(real, 'utf8')).toBe('new');
    expect(await readlink(link)).toBe(`real${ODD_NAME}`);
  });

  it('puts a file in the place of a link that leads nowhere, and keeps a copy of the link', async () => {
    const host = await testHost();
    const link = join(host.root, 'link');
    await symlink(join(host.root, 'nowhere'), link);
    await expectLifecycle(shell, host, file({ id: 'f', path: link, content: 'new' }));
    expect((await lstat(link)).isFile()).toBe(true);
    expect(await readlink(join(host.state, 'backup/run-1', link))).toBe(join(host.root, 'nowhere'));
  });

  it('refuses a folder', async () => {
    const host = await testHost();
    const task = file({ id: 'f', path: host.root, content: 'new' });
    expect((await expectCheck(shell, host, task, 2)).stdout).toBe(`${host.root} is a folder\n`);
    expect((await runApply(shell, host, task)).code).toBe(2);
  });

  it('keeps one copy a run of what others wrote, and none of what we wrote', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    const copy = (run: string) => readFile(join(host.state, 'backup', run, path), 'utf8').catch(() => 'none');
    await writeFile(path, 'theirs');
    await expectApply(shell, host, file({ id: 'f', path, content: 'ours' }), { runId: 'r1' });
    await expectApply(shell, host, file({ id: 'f', path, content: 'ours, newer' }), { runId: 'r1' });
    await expectApply(shell, host, file({ id: 'f', path, content: 'ours, newest' }), { runId: 'r2' });
    await writeFile(path, 'theirs again');
    await expectApply(shell, host, file({ id: 'f', path, content: 'ours' }), { runId: 'r3' });
    expect([await copy('r1'), await copy('r2'), await copy('r3')]).toEqual([
      'theirs',
      'none',
      'theirs again',
    ]);
    expect(await modeOf(join(host.state, 'backup'))).toBe('700');
  });

  it('cuts a long difference', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    const { stdout } = await runCheck(shell, host, file({ id: 'f', path, content: 'line\n'.repeat(5000) }));
    expect(stdout.split('\n')).toHaveLength(62);
    expect(stdout).toMatch(/\(the rest is not shown\)\n$/);
  });

  it('does not show what only its owner may read', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'hidden', { mode: 0o600 });
    const theirs = await expectCheck(shell, host, file({ id: 'f', path, content: 'shown' }), 1);
    expect(theirs.stdout).toBe(`${path}: content differs (private)\n`);
    const ours = file({ id: 'f', path: `${path}2`, content: 'shown', mode: '0600' });
    expect((await expectCheck(shell, host, ours, 1)).stdout).toBe(`${path}2: content differs (private)\n`);
  });

  it('writes a secret and never shows it', async () => {
    const name = "odd 'secret' $name";
    const host = await testHost({ [name]: ODD_TEXT });
    const path = join(host.root, 'key');
    const task = file({ id: 'f', path, content: { secret: name } });
    expect(task.secrets).toEqual([name]);
    expect(await expectLifecycle(shell, host, task)).toBe(`${path} is missing (its content is secret)\n`);
    expect(await readFile(path, 'utf8')).toBe(ODD_TEXT);
    expect(await modeOf(path)).toBe('600');
    await writeFile(path, 'stale');
    expect((await expectCheck(shell, host, task, 1)).stdout).toBe(`${path}: content differs (secret)\n`);
    await expectCheck(shell, host, file({ id: 'f', path, content: { secret: 'other' } }), 2);
  });

  it('removes what a killed run left, and writes nothing when nothing can be renamed', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(join(host.root, '.provision-new.abcdef'), 'left');
    await utimes(join(host.root, '.provision-new.abcdef'), 1, 1);
    await expectLifecycle(shell, host, file({ id: 'f', path, content: 'x' }));
    expect(await treeOf(host.root)).toHaveLength(1);
    const failed = await runApply(shell, host, file({ id: 'f', path, content: 'y', owner: 'no-such-user' }));
    expect(failed.code).toBe(2);
    expect(failed.stdout).toContain(`${path} could not be written`);
    expect(await treeOf(host.root)).toHaveLength(1);
    expect(await readFile(path, 'utf8')).toBe('x');
  });
});

describe('file', () => {
  it('refuses arguments that no host can have', () => {
    expect(() => file({ id: 'f', path: 'relative', content: '' })).toThrow(RangeError);
    expect(() => file({ id: 'f', path: '/a', content: '', mode: '0899' })).toThrow(RangeError);
    expect(() => file({ id: 'f', path: '/a', content: 'a\0b' })).toThrow(TypeError);
  });
});

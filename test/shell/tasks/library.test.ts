import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, type Script, sh } from '../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../run-task.js';
import { ODD_NAME, ODD_TEXT, treeOf } from './lifecycle.js';

describe.each(SHELLS)('library.sh in $name', (shell) => {
  it('have and pending', async () => {
    const host = await testHost();
    const script = sh`have sh && ! have no-such-command && pending b && pending c && ! pending a && ! pending ''`;
    expect(await runScript(shell, host, script, { pending: ['aa', 'b', 'c'] })).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect((await runScript(shell, host, sh`pending a`)).code).toBe(1);
  });

  it('differs and cannot print their text as it is', async () => {
    const host = await testHost();
    expect(await runScript(shell, host, sh`differs ${ODD_TEXT}`)).toEqual({
      code: 1,
      stdout: `${ODD_TEXT}\n`,
      stderr: '',
    });
    const cannot = await runScript(shell, host, sh`cannot ${ODD_TEXT}; exit 0`);
    expect(cannot).toEqual({ code: 2, stdout: `${ODD_TEXT}\n`, stderr: '' });
  });

  it('known prints what a variable holds, and asks where it is not set', async () => {
    const asked = sh`ask() { printf '%s\n' "asked $*"; return 3; }`;
    const run = async (script: Script) => runScript(shell, await testHost(), lines(asked, script));
    expect(await run(sh`HELD=${ODD_TEXT}; known HELD ask`)).toEqual({
      code: 0,
      stdout: `${ODD_TEXT}\n`,
      stderr: '',
    });
    expect(await run(sh`HELD=; known HELD ask`)).toMatchObject({ code: 0, stdout: '\n' });
    expect(await run(sh`set -u; known HELD ask ${'a b'} c`)).toEqual({
      code: 3,
      stdout: 'asked a b c\n',
      stderr: '',
    });
  });

  it('replace_file takes a large content and leaves no other file', async () => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    const script = sh`i=0; while [ "$i" -lt 40000 ]; do printf '%s\n' ${ODD_TEXT}; i=$((i + 1)); done | replace_file ${path} 0640 '' ''`;
    expect(await runScript(shell, host, script)).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(path, 'utf8')).toBe(`${ODD_TEXT}\n`.repeat(40_000));
    expect((await stat(path)).mode & 0o7777).toBe(0o640);
    expect(await treeOf(host.root)).toHaveLength(1);
  });

  it('replace_file replaces nothing when the disk is full', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'old');
    const script = sh`ulimit -f 8; trap '' XFSZ; yes | head -c 100000 | replace_file ${path} '' '' ''`;
    const { code, stdout } = await runScript(shell, host, script);
    expect(code).toBe(2);
    expect(stdout).toContain(`${path} could not be written`);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await treeOf(host.root)).toHaveLength(1);
  });

  it('replace_file writes nothing when the copy cannot be kept', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'old');
    await writeFile(host.state, 'a file where a folder should be');
    const { code } = await runScript(shell, host, sh`printf new | replace_file ${path} '' '' ''`);
    expect(code).toBe(2);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await treeOf(host.root)).toHaveLength(1);
  });

  it('show_diff needs no diff, and shows nothing private', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'old');
    const script = sh`have() { false; }; printf new | show_diff ${path}`;
    expect((await runScript(shell, host, script)).stdout).toBe(`${path}: content differs\n`);
    await chmod(path, 0o400);
    const hidden = await runScript(shell, host, sh`printf new | show_diff ${path}`);
    expect(hidden.stdout).toBe(`${path}: content differs (private)\n`);
  });
});

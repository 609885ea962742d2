import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { signingKey } from '../../../../playbooks/kubernetes/signing-key.js';
import { runApply, runCheck, SHELLS, testHost } from '../../run-task.js';

/** Made for these tests: one that ended in 2021, the same with its end put off to 2099, another one, and two in one block. */
const key = (name: string): string => fileURLToPath(new URL(`./keys/${name}.asc`, import.meta.url));
const FINGERPRINT = '4B8E2566DA7E947F07DB60F22C1FE29F87A33DB9';
const DOCKER = fileURLToPath(new URL('../../../../playbooks/docker/docker-ce.asc', import.meta.url));

describe.each(SHELLS)('$name: the key of a package source', (shell) => {
  const wanted = (path: string, url = 'file:///nowhere', fingerprint = FINGERPRINT) =>
    signingKey({ id: 'key', path, key: { url, fingerprint } });

  it.each([
    ['renewed', 0, ''],
    ['ended', 1, 'ended on 2021-01-01'],
    ['good', 1, `is not the key ${FINGERPRINT}`],
    ['two', 1, `is not the key ${FINGERPRINT}`],
  ])('tells that of %s', async (name, code, text) => {
    const host = await testHost();
    const path = join(host.root, 'key.asc');
    await copyFile(key(name), path);
    const result = await runCheck(shell, host, wanted(path));
    expect(result).toMatchObject({ code, stderr: '' });
    expect(result.stdout).toContain(text);
  });

  it('tells a key that never ends, and has a key under it', async () => {
    const host = await testHost();
    const task = wanted(DOCKER, undefined, '9DC858229FC7DD38854AE2D88D81803C0EBFCD88');
    expect(await runCheck(shell, host, task)).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });

  it.each([
    ['', 'is not the key'],
    ['<html>Moved</html>\n', 'is not the key'],
    ['-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n-----END PGP PUBLIC KEY BLOCK-----\n', 'is not the key'],
  ])('takes nothing for a key that is none: %o', async (content, text) => {
    const host = await testHost();
    const path = join(host.root, 'key.asc');
    await writeFile(path, content);
    const result = await runCheck(shell, host, wanted(path));
    expect(result).toMatchObject({ code: 1, stderr: '' });
    expect(result.stdout).toContain(text);
  });

  it('takes two blocks for no key', async () => {
    const host = await testHost();
    const path = join(host.root, 'key.asc');
    await writeFile(path, (await readFile(key('renewed'), 'utf8')) + (await readFile(key('good'), 'utf8')));
    expect((await runCheck(shell, host, wanted(path))).code).toBe(1);
  });

  it.skipIf(!existsSync('/usr/lib/apt/apt-helper'))('fetches it as apt does, and only it', async () => {
    const host = await testHost();
    const path = join(host.root, 'keyrings/key.asc');
    const apply = (name: string) => runApply(shell, host, wanted(path, `file://${key(name)}`));
    const other = await apply('good');
    expect(other).toMatchObject({ code: 2 });
    expect(other.stdout).toContain(`is not the key ${FINGERPRINT}: 64A952A932B8256200C180B185BF374C246EFD34`);
    const ended = await apply('ended');
    expect(ended.stdout).toContain('ended on 2021-01-01. Is the clock of this host right?');
    const missing = await apply('missing');
    expect(missing.stdout).toContain('could not be downloaded. Open the way to it');
    expect(await readdir(join(host.root, 'keyrings'))).toEqual([]);

    expect(await apply('renewed')).toMatchObject({ code: 0 });
    expect(await readFile(path, 'utf8')).toBe(await readFile(key('renewed'), 'utf8'));
    expect((await stat(path)).mode & 0o777).toBe(0o644);
    expect(await runCheck(shell, host, wanted(path))).toMatchObject({ code: 0, stdout: '' });
  });
});

it('wants a whole fingerprint', () => {
  expect(() =>
    signingKey({ id: 'key', path: '/k.asc', key: { url: 'https://x', fingerprint: 'AB' } }),
  ).toThrow('"AB" is not a fingerprint');
});

import { spawnSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aptKey } from '../../../src/tasks/apt-key.js';
import { aptRepository, type AptRepositoryOptions } from '../../../src/tasks/apt-repository.js';
import { runScript, SHELLS, testHost } from '../run-task.js';
import { rawScript } from '../../../src/shell/script.js';
import { hasProgram } from '../../support/programs.js';
import { CAN_COPY_ROOT, copiedRoot } from './copied-root.js';
import { expectLifecycle, ODD_NAME } from './lifecycle.js';

/** An ed25519 key without any other meaning, and its binary form in base64. */
const BINARY = 'mDMEZ0AAABYJKwYBBAHaRw8BAQdA';
const BLOCK = `-----BEGIN PGP PUBLIC KEY BLOCK-----
Comment: it's a test
Version: 1

${BINARY}
=abcd
-----END PGP PUBLIC KEY BLOCK-----
`;
const hasGpg = hasProgram('gpg', '--version');

describe.each(SHELLS)('aptKey in $name', (shell) => {
  it('writes the text of a key', async () => {
    const host = await testHost();
    const path = join(host.root, `${ODD_NAME}.asc`);
    const said = await expectLifecycle(shell, host, aptKey({ id: 'k', path, key: BLOCK }));
    expect(said).toContain(`+Comment: it's a test`);
    expect(await readFile(path, 'utf8')).toBe(BLOCK);
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });

  it('writes the binary form of several keys for old versions of apt', async () => {
    const host = await testHost();
    const path = join(host.root, `${ODD_NAME}.gpg`);
    await writeFile(path, 'an older key');
    const task = aptKey({ id: 'k', path, key: `${BLOCK}\n${BLOCK.replaceAll('\n', '\r\n')}` });
    expect(await expectLifecycle(shell, host, task)).toBe(`${path} has another key\n`);
    expect((await readFile(path)).toString('base64')).toBe(BINARY + BINARY);
  });
});

describe.skipIf(!hasGpg)('aptKey', () => {
  it('makes the same binary form as gpg', async () => {
    const host = await testHost();
    const armored = await readFile('/usr/share/keyrings/debian-archive-keyring.gpg').then(
      (content) =>
        spawnSync('gpg', ['--homedir', host.tmp, '--enarmor'], { input: content }).stdout.toString(),
      () => '',
    );
    if (armored === '') return;
    const text = armored.replaceAll('PGP ARMORED FILE', 'PGP PUBLIC KEY BLOCK');
    const path = join(host.root, 'k.gpg');
    const [shell] = SHELLS;
    if (shell === undefined) return;
    await expectLifecycle(shell, host, aptKey({ id: 'k', path, key: text }));
    expect(await readFile(path)).toEqual(await readFile('/usr/share/keyrings/debian-archive-keyring.gpg'));
  });

  it('refuses what is not a key', () => {
    for (const key of ['', 'hello', 'bXkga2V5', BLOCK.replaceAll('PUBLIC', 'PRIVATE')]) {
      expect(() => aptKey({ id: 'k', path: '/k.asc', key })).toThrow(RangeError);
    }
    expect(() => aptKey({ id: 'k', path: '/k.key', key: BLOCK })).toThrow(RangeError);
  });
});

const SOURCE: AptRepositoryOptions = {
  id: 'r',
  file: '/etc/apt/sources.list.d/docker.sources',
  uris: ['https://download.docker.com/linux/debian'],
  suites: ['bookworm'],
  components: ['stable'],
  signedBy: '/etc/apt/keyrings/docker.asc',
};

describe.each(SHELLS)('aptRepository in $name', (shell) => {
  it('writes a stanza', async () => {
    const host = await testHost();
    const file = join(host.root, ODD_NAME, 'docker.sources');
    await mkdir(join(host.root, ODD_NAME));
    const fields = { Architectures: 'amd64 arm64', 'Check-Valid-Until': 'no' };
    await expectLifecycle(
      shell,
      host,
      aptRepository({ ...SOURCE, file, suites: ['bookworm', 'bookworm-x'], fields }),
    );
    expect(await readFile(file, 'utf8')).toBe(`# Managed by provision.
Types: deb
URIs: https://download.docker.com/linux/debian
Suites: bookworm bookworm-x
Components: stable
Signed-By: /etc/apt/keyrings/docker.asc
Architectures: amd64 arm64
Check-Valid-Until: no
`);
  });

  it('writes a line for each suite', async () => {
    const host = await testHost();
    const file = join(host.root, 'docker.list');
    const fields = { Architectures: 'amd64 arm64', Trusted: 'yes' };
    await expectLifecycle(
      shell,
      host,
      aptRepository({ ...SOURCE, file, suites: ['trusty', 'xenial'], fields }),
    );
    const settings = '[signed-by=/etc/apt/keyrings/docker.asc arch=amd64,arm64 trusted=yes]';
    const url = 'https://download.docker.com/linux/debian';
    expect(await readFile(file, 'utf8')).toBe(
      `# Managed by provision.\ndeb ${settings} ${url} trusty stable\ndeb ${settings} ${url} xenial stable\n`,
    );
  });

  it.skipIf(!CAN_COPY_ROOT).each(['sources', 'list'])('writes what apt reads: .%s', async (kind) => {
    const host = await testHost();
    const { settings } = await copiedRoot(host);
    const task = aptRepository({ ...SOURCE, file: `/etc/apt/sources.list.d/x.${kind}` });
    await expectLifecycle(shell, host, task, settings);
    const told = await runScript(shell, host, rawScript('apt-get update --print-uris'), settings);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toContain(`${SOURCE.uris.join()}/dists/bookworm/InRelease`);
  });
});

describe('aptRepository', () => {
  it('leaves the settings out that are not declared', () => {
    const { signedBy: _, ...rest } = SOURCE;
    const task = aptRepository({ ...rest, file: '/x.list', suites: ['./'], components: [] });
    expect(task.apply?.source).toContain('\ndeb https://download.docker.com/linux/debian ./\n');
  });

  it('refuses what apt would read otherwise', () => {
    const wrong: readonly Partial<AptRepositoryOptions>[] = [
      { file: '/x.repo' },
      { file: 'x.list' },
      { uris: ['https://a b'] },
      { uris: ['https://a\nTrusted: yes'] },
      { suites: ['./'] },
      { components: [] },
      { components: ['a]'] },
      { signedBy: '' },
      { fields: { 'A b': 'c' } },
      { fields: { Trusted: 'yes\nURIs: http://evil' } },
      { fields: { Trusted: '' } },
    ];
    for (const each of wrong) expect(() => aptRepository({ ...SOURCE, ...each })).toThrow(RangeError);
  });
});

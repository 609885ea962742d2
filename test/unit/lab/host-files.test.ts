import { spawnSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/lab/host-files.js';
import { linkInLayer, type UpperLayer, writeInLayer } from '../../../src/lab/upper-layer.js';

async function mode(path: string): Promise<string> {
  return ((await lstat(path)).mode & 0o7777).toString(8);
}

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-lab-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('fingerprint', () => {
  it.each(['ed25519', 'ecdsa', 'rsa'])('is what ssh-keygen says of an %s key', async (type) => {
    const key = join(folder, 'key');
    spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', key]);
    const shown = spawnSync('ssh-keygen', ['-l', '-f', `${key}.pub`], { encoding: 'utf8' }).stdout;
    expect(shown.split(' ')[1]).toBe(fingerprint(await readFile(`${key}.pub`, 'utf8')));
  });
});

describe.runIf(process.getuid?.() === 0)('writeInLayer', () => {
  it('gives folders and files the mode that they have below', async () => {
    const layer: UpperLayer = { upper: join(folder, 'upper'), lower: join(folder, 'lower') };
    await mkdir(join(layer.lower, 'root'), { recursive: true });
    await chmod(join(layer.lower, 'root'), 0o700);
    await writeInLayer(layer, '/root/.ssh/authorized_keys', 'key\n', { mode: 0o600, folderMode: 0o700 });
    expect(await mode(join(layer.upper, 'root'))).toBe('700');
    expect(await mode(join(layer.upper, 'root/.ssh/authorized_keys'))).toBe('600');
  });

  it('gives new ones an owner, and leaves the owner of what is below', async () => {
    const layer: UpperLayer = { upper: join(folder, 'upper'), lower: join(folder, 'lower') };
    await mkdir(join(layer.lower, 'home'), { recursive: true });
    await writeInLayer(layer, '/home/ops/file', 'text\n', { owner: 1000 });
    const owners = await Promise.all(
      ['home', 'home/ops', 'home/ops/file'].map((path) => lstat(join(layer.upper, path))),
    );
    expect(owners.map(({ uid }) => uid)).toEqual([0, 1000, 1000]);
    await linkInLayer(layer, '/etc/link', 'target');
    expect((await lstat(join(layer.upper, 'etc/link'))).isSymbolicLink()).toBe(true);
  });
});

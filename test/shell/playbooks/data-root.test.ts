import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../src/shell/script.js';
import { type Shell, SHELLS, testHost } from '../run-task.js';
import { callFunctions } from './source.js';

describe.each(SHELLS)('$name: the data root', (shell: Shell) => {
  async function roots() {
    const host = await testHost();
    const file = join(host.root, 'daemon.json');
    const from = join(host.root, 'old root');
    const to = join(host.root, 'new');
    await mkdir(join(from, 'volumes/v1/_data'), { recursive: true });
    await writeFile(join(from, 'volumes/v1/_data/f'), 'data');
    await mkdir(to);
    await writeFile(file, JSON.stringify({ 'log-driver': 'json-file', 'data-root': from }, undefined, 2));
    const call = (script: ReturnType<typeof sh>) => callFunctions('docker/data-root.sh', shell, host, script);
    return { host, file, from, to, call, check: () => call(sh`check_root ${[file, to]}`) };
  }

  it.each([
    ['{"debug":true,"data-root":"/data/docker","graph2":"x"}', '/data/docker yes'],
    ['{\n  "graph" : "/big disk/docker"\n}', '/big disk/docker yes'],
    ['{"data-root": 7}', '/var/lib/docker no'],
    ['{"log-driver": "json-file"}', '/var/lib/docker no'],
    ['{ broken', '/var/lib/docker no'],
    ['', '/var/lib/docker no'],
  ])('is, in %s, %s', async (text, expected) => {
    const { file, call } = await roots();
    await writeFile(file, text);
    const { stdout } = await call(sh`current_root ${file}; printf '%s %s' "$CURRENT" "$NAMED"`);
    expect(stdout).toBe(expected);
  });

  it('differs while the data is elsewhere, and is right after the copy', async () => {
    const { from, to, check, call } = await roots();
    expect(await check()).toMatchObject({
      code: 1,
      stdout: `images, containers and volumes move from ${from} to ${to}; the containers of this host stop meanwhile\n`,
    });
    expect(await call(sh`has_room ${[from, to]} && copy_root ${[from, to]}`)).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(await readFile(join(to, 'volumes/v1/_data/f'), 'utf8')).toBe('data');
    expect(await readFile(join(from, 'volumes/v1/_data/f'), 'utf8')).toBe('data');
    expect(await check()).toMatchObject({ code: 0, stdout: '' });
  });

  it('copies anew what was interrupted, and nothing of it stays', async () => {
    const { from, to, check, call } = await roots();
    await writeFile(join(to, '.provision-copying'), '');
    await writeFile(join(to, 'half'), '');
    expect(await check()).toMatchObject({ code: 1 });
    expect((await check()).stdout).toContain('was interrupted');
    await call(sh`copy_root ${[from, to]}`);
    expect([existsSync(join(to, 'half')), existsSync(join(to, '.provision-copying'))]).toEqual([
      false,
      false,
    ]);
    expect(await check()).toMatchObject({ code: 0 });
  });

  it('is right when there is nothing to move', async () => {
    const { file, to, check } = await roots();
    await writeFile(file, JSON.stringify({ 'data-root': to }));
    expect(await check()).toMatchObject({ code: 0, stdout: '' });
    await writeFile(file, JSON.stringify({ 'data-root': '/nonexistent' }));
    expect(await check()).toMatchObject({ code: 0, stdout: '' });
  });

  it('cannot be told when both hold data and neither is our copy', async () => {
    const { from, to, check } = await roots();
    await mkdir(join(to, 'containers/c1'), { recursive: true });
    const { code, stdout } = await check();
    expect(code).toBe(2);
    expect(stdout).toContain(`both ${from}, which is in use, and ${to} hold images`);
  });

  it('is not filled beyond its size', async () => {
    const { from, call } = await roots();
    const { code, stdout } = await call(sh`has_room ${from} /proc`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\/proc has 0 MiB free, and the data in .* needs/);
  });
});

import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { download } from '../../../src/tasks/download.js';
import { rawScript } from '../../../src/shell/script.js';
import { runApply, runScript, SHELLS, type TestHost, testHost } from '../run-task.js';
import { expectLifecycle, ODD_NAME, treeOf } from './lifecycle.js';
import { startServer } from './server.js';

const BODY = randomBytes(300_000);
const sha256 = createHash('sha256').update(BODY).digest('hex');

/** The URL of a server that sends BODY, unless the test has it do something else. */
async function serve(
  answer: (response: ServerResponse, url: string) => void = (response) => {
    response.end(BODY);
  },
): Promise<string> {
  const port = await startServer((request, response) => answer(response, request.url ?? ''));
  return `http://127.0.0.1:${port}`;
}

/** The apply with its five seconds and its minute cut to one second. */
function hasty(url: string, host: TestHost) {
  const { apply } = download({ id: 'd', path: join(host.root, 'f'), url, sha256 });
  return rawScript((apply?.source ?? '').replace('% 5', '% 1').replace('-ge 60', '-ge 1'));
}

/** A PATH with what a download needs, and one of the two programs. */
async function pathWith(host: TestHost, program: 'curl' | 'wget' | 'none'): Promise<string> {
  const bin = join(host.base, 'bin');
  await mkdir(bin);
  const needed = [
    'cat',
    'cmp',
    'chmod',
    'chown',
    'cp',
    'dd',
    'mkdir',
    'mktemp',
    'mv',
    'rm',
    'sha256sum',
    'sleep',
    'stat',
    'sync',
  ];
  for (const name of program === 'none' ? needed : [...needed, program])
    await symlink(`/usr/bin/${name}`, join(bin, name));
  return bin;
}

describe.each(SHELLS)('download in $name', (shell) => {
  it.each(['curl', 'wget'] as const)('fetches a file with %s', async (program) => {
    const host = await testHost();
    const asked: string[] = [];
    const base = await serve((response, url) => {
      asked.push(url);
      response.end(BODY);
    });
    const path = join(host.root, 'new', ODD_NAME);
    const url = `${base}/a b'"$HOME\`%20?q=ü&-x`;
    const env = { PATH: await pathWith(host, program) };
    const task = download({ id: 'd', path, url, sha256: sha256.toUpperCase(), mode: '0755' });
    expect(await expectLifecycle(shell, host, task, { env })).toBe(`${path} is missing\n`);
    expect(asked).toEqual([`/a%20b'%22$HOME%60%20?q=%C3%BC&-x`]);
    expect(await readFile(path)).toEqual(BODY);
    expect((await stat(path)).mode & 0o7777).toBe(0o755);
  });

  it('replaces another version, keeps a copy, and sets a mode without fetching', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'older');
    const url = await serve();
    expect(await expectLifecycle(shell, host, download({ id: 'd', path, url, sha256 }))).toContain(
      'another checksum',
    );
    expect(await readFile(join(host.state, 'backup/run-1', path), 'utf8')).toBe('older');
    await chmod(path, 0o600);
    await expectLifecycle(
      shell,
      host,
      download({ id: 'd', path, url: 'http://127.0.0.1:1/', sha256, mode: '0644' }),
    );
  });

  it('goes through a proxy', async () => {
    const host = await testHost();
    const asked: string[] = [];
    const proxy = await serve((response, url) => {
      asked.push(url);
      response.end(BODY);
    });
    const url = 'http://packages.invalid/f';
    await expectLifecycle(shell, host, download({ id: 'd', path: join(host.root, 'f'), url, sha256, proxy }));
    expect(asked).toEqual([url]);
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['a wrong checksum', (response) => void response.end('other'), 'another checksum'],
    ['an error', (response) => void response.writeHead(404).end('gone'), 'could not be downloaded'],
    [
      'a cut connection',
      (response) => {
        response.writeHead(200, { 'content-length': BODY.length });
        response.write(BODY.subarray(0, 100_000), () => response.destroy());
      },
      'could not be downloaded',
    ],
  ])('leaves nothing after %s', async (_, answer, reason) => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, 'older');
    const before = (await treeOf(host.root)).join();
    const { code, stdout } = await runApply(
      shell,
      host,
      download({ id: 'd', path, url: await serve(answer), sha256 }),
    );
    expect(code).toBe(2);
    expect(stdout).toContain(reason);
    expect((await treeOf(host.root)).join()).toBe(before);
  });

  it('leaves nothing when it is ended in the middle', async () => {
    const host = await testHost();
    let bytes = 1000;
    const url = await serve((response) => {
      const timer = setInterval(() => response.write(BODY.subarray(0, (bytes += 1))), 100);
      response.on('close', () => clearInterval(timer));
    });
    const { code } = await runScript(shell, host, hasty(url, host), { under: ['timeout', '2'] });
    expect(code).toBe(124);
    expect(await treeOf(host.root)).toEqual([]);
  });

  it('tells how far it is, and gives up when nothing comes any more', async () => {
    const host = await testHost();
    const url = await serve((response) => void response.write(BODY));
    const { code, stdout } = await runScript(shell, host, hasty(url, host));
    expect(code).toBe(2);
    expect(stdout).toBe(
      `downloading ${url}/\n292 KiB after 1 s\n292 KiB after 2 s\nnothing more came from ${url}/ for a minute\n`,
    );
    expect(await treeOf(host.root)).toEqual([]);
  });

  // The shell of busybox has a wget of its own.
  it.skipIf(shell.name === 'busybox')('says when there is nothing to fetch with', async () => {
    const host = await testHost();
    const env = { PATH: await pathWith(host, 'none') };
    const task = download({ id: 'd', path: join(host.root, 'f'), url: 'http://127.0.0.1:1/', sha256 });
    const { code, stdout } = await runApply(shell, host, task, { env });
    expect(code).toBe(2);
    expect(stdout).toContain('neither curl nor wget is installed');
  });
});

describe('download', () => {
  it('refuses what is no checksum, no web address, or holds a password', () => {
    const options = { id: 'd', path: '/f', url: 'https://x.example/f', sha256 };
    expect(() => download({ ...options, sha256: 'abc' })).toThrow(RangeError);
    expect(() => download({ ...options, url: 'file:///etc/passwd' })).toThrow(RangeError);
    expect(() => download({ ...options, url: 'x' })).toThrow(RangeError);
    expect(() => download({ ...options, url: 'https://me:secret@x.example/f' })).toThrow(RangeError);
  });
});

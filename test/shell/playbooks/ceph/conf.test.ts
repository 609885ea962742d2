import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONF } from '../../../../playbooks/ceph/conf.js';
import { lines, type Script, sh } from '../../../../src/shell/script.js';
import { runScript, type Shell, SHELLS, type TestHost, testHost } from '../../run-task.js';
import { plainKey, readConf } from './conf-model.js';

/** Each shell with another awk, where this machine has it. */
const AWKS: Readonly<Record<Shell['name'], readonly string[]>> = {
  dash: ['/usr/bin/mawk'],
  bash: ['/usr/bin/gawk'],
  busybox: ['/usr/bin/busybox', 'awk'],
};

async function confHost(shell: Shell) {
  const host: TestHost = await testHost();
  const [program = '', ...words] = AWKS[shell.name];
  const bin = join(host.base, 'bin');
  await mkdir(bin);
  if (existsSync(program)) {
    await writeFile(join(bin, 'awk'), `#!/bin/sh\nexec ${[program, ...words].join(' ')} "$@"\n`);
    await chmod(join(bin, 'awk'), 0o755);
  }
  const file = join(host.root, 'ceph.conf');
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  const run = (script: Script) => runScript(shell, host, lines(CONF, script), { env });
  return {
    file,
    run,
    async on(text: string, script: Script): Promise<readonly [number, string]> {
      await writeFile(file, text);
      const { code, stdout, stderr } = await run(script);
      expect(stderr).toBe('');
      return [code, stdout];
    },
  };
}

describe.each(SHELLS)('$name: ceph.conf', (shell) => {
  it('is begun where there is none', async () => {
    const { file, run } = await confHost(shell);
    const { stdout } = await run(sh`conf_merge ${[file, 'fsid', 'abc', 'mon host', '10.0.0.1,10.0.0.2']}`);
    expect(stdout).toBe('[global]\nfsid = abc\nmon host = 10.0.0.1,10.0.0.2\n');
    expect((await run(sh`conf_value ${[file, 'fsid']}`)).stdout).toBe('');
    const { code, stdout: told } = await run(sh`conf_has ${[file, 'fsid', 'abc']}`);
    expect([code, told]).toEqual([1, 'fsid is not set\n']);
  });

  it('keeps what is somebody else’s, and the places of ours', async () => {
    const conf = await confHost(shell);
    const before = `# mine
[client]
rbd cache = false
mon host = not this

[global]
fsid=abc
  mon-host : no
; a comment
osd_pool_default_size = 1 # for now
debug ms = 0/0

# the OSDs
[osd]
osd journal size = 1024
`;
    const want = ['mon host', '10.0.0.1', 'osd pool default size', '3', 'fsid', 'abc'];
    const [code, after] = await conf.on(before, sh`conf_merge ${[conf.file, ...want]}`);
    expect([code, after]).toEqual([
      0,
      before
        .replace('osd_pool_default_size = 1 # for now', 'osd pool default size = 3')
        .replace('debug ms = 0/0\n', 'debug ms = 0/0\nmon host = 10.0.0.1\n'),
    ]);
    expect(await conf.on(after, sh`conf_merge ${[conf.file, ...want]}`)).toEqual([0, after]);
    expect(await conf.on(after, sh`conf_has ${[conf.file, ...want]}`)).toEqual([0, '']);
  });

  it('knows a key however it is written, and the last of two', async () => {
    const conf = await confHost(shell);
    const text = '[global]\nmon host = a\n[osd]\nmon host = b\n[ global ]\nMon__Host = c \\\n  d\n';
    expect(await conf.on(text, sh`conf_value ${[conf.file, 'mon-host']}`)).toEqual([0, 'c   d\n']);
    expect(await conf.on(text, sh`conf_merge ${[conf.file, 'mon_host', 'e']}`)).toEqual([
      0,
      '[global]\n[osd]\nmon host = b\n[ global ]\nmon_host = e\n',
    ]);
    expect(await conf.on(text, sh`conf_has ${[conf.file, 'mon host', 'c   d', 'fsid', 'x']}`)).toEqual([
      1,
      'fsid is not set\n',
    ]);
  });

  it('is not fooled by comments, their marks in values, and a last line that goes on nowhere', async () => {
    const conf = await confHost(shell);
    const text = '[global]\n#fsid = no\nname = a\\#b#c\nlast = 1\\';
    expect(await conf.on(text, sh`conf_value ${[conf.file, 'name']}`)).toEqual([0, 'a#b\n']);
    expect(await conf.on(text, sh`conf_merge ${[conf.file, 'fsid', 'a;b']}`)).toEqual([
      0,
      '[global]\n#fsid = no\nname = a\\#b#c\nlast = 1\\\n\nfsid = a\\;b\n',
    ]);
  });

  it('has after merging what it had and what is wanted, and the second time nothing changes', async () => {
    const conf = await confHost(shell);
    await fc.assert(
      fc.asyncProperty(file, settings, async (before, want) => {
        const words = [...want].flat();
        const [code, after] = await conf.on(before, sh`conf_merge ${[conf.file, ...words]}`);
        expect(code).toBe(0);
        const was = readConf(before);
        const is = readConf(after);
        const wanted = new Map([...want].map(([key, value]) => [plainKey(key), value]));
        expect(Object.fromEntries(is.global)).toEqual(Object.fromEntries([...was.global, ...wanted]));
        expect(is.rest.filter((line) => line !== '[global]')).toEqual(
          was.rest.filter((line) => line !== '[global]'),
        );
        const others = ({ global }: typeof is) => [...global.keys()].filter((key) => !wanted.has(key));
        expect(others(is)).toEqual(others(was));
        expect(await conf.on(after, sh`conf_merge ${[conf.file, ...words]}`)).toEqual([0, after]);
        expect(await conf.on(after, sh`conf_has ${[conf.file, ...words]}`)).toEqual([0, '']);
        const [status] = await conf.on(before, sh`conf_has ${[conf.file, ...words]}`);
        const same = [...wanted].every(([key, value]) => was.global.get(key) === value);
        expect(status).toBe(same ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

const KEYS = ['mon host', 'mon_host', 'mon-host', 'fsid', 'osd pool default size', 'Debug_ms', 'a', ' a  b '];
const BLANKS = ['', ' ', '\t', '  '];

const blanks = fc.constantFrom(...BLANKS);
const someText = fc.string({ unit: fc.constantFrom(...'ab1.,:/= "\\#;[]'.split('')), maxLength: 12 });

const setting = fc
  .tuple(blanks, fc.constantFrom(...KEYS), blanks, someText)
  .map(([indent, key, blank, value]) => `${indent}${key}${blank}=${blank}${value}`);
const section = fc.constantFrom(
  '[global]',
  '[ global ]',
  '  [osd]',
  '[mon.a] # here',
  '[GLOBAL]',
  '[client]',
);
const comment = someText.map((text) => `# ${text}`);
const line = fc.oneof(
  { weight: 5, arbitrary: setting },
  { weight: 2, arbitrary: section },
  comment,
  comment.map((text) => text.replace('#', ';')),
  fc.constantFrom('', '  ', 'no setting', '= no key', 'goes = on\\'),
);
const file = fc
  .tuple(fc.array(line, { maxLength: 14 }), fc.boolean())
  .map(([all, whole]) => all.join('\n') + (whole ? '\n' : ''));

const value = fc
  .string({ unit: fc.constantFrom(...'ab1.,:/= "#;[]'.split('')), minLength: 1, maxLength: 10 })
  .map((text) => text.trim())
  .filter((text) => text !== '');
const settings = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...KEYS.map((key) => key.trim())), value), {
    selector: ([key]) => plainKey(key),
    minLength: 1,
  })
  .map((pairs) => new Map(pairs));

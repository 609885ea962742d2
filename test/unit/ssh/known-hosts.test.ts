import { spawnSync } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  judgeKey,
  keyType,
  knownHostName,
  knownHostsLine,
  knownTypes,
  linesFor,
  namesMatch,
  parseKnownHosts,
} from '../../../src/ssh/known-hosts.js';
import { addToKnownHosts, readKnownHostsFile } from '../../../src/ssh/known-hosts-file.js';

/** A key in wire format; its content does not matter. */
function makeKey(content: number | string, type = 'ssh-ed25519'): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  const body = Buffer.alloc(32, content);
  const bodyLength = Buffer.alloc(4);
  bodyLength.writeUInt32BE(body.length);
  return Buffer.concat([length, Buffer.from(type), bodyLength, body]);
}
const line = (names: string, key: Buffer, marker = ''): string =>
  `${marker}${marker && ' '}${names} ${keyType(key)} ${key.toString('base64')}\n`;
const hashed = (name: string): string => {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};
const judge = (text: string, host: string, port: number, key: Buffer): string =>
  judgeKey(linesFor(parseKnownHosts(text), { host, port }), key);

const [A, B] = [makeKey(1), makeKey(2)];
const RSA = makeKey(3, 'ssh-rsa');

describe('known_hosts', () => {
  it('writes the port of a host only when it is not 22, and names in small letters', () => {
    expect(knownHostName({ host: 'Node1.Example', port: 22 })).toBe('node1.example');
    expect(knownHostName({ host: '10.0.0.1', port: 2222 })).toBe('[10.0.0.1]:2222');
    expect(knownHostName({ host: 'fe80::1', port: 22 })).toBe('fe80::1');
    expect(knownHostName({ host: 'fe80::1', port: 23 })).toBe('[fe80::1]:23');
  });

  it.each([
    ['node1', 'node1', true],
    ['NODE1', 'node1', true],
    ['node1', 'node11', false],
    ['node?', 'node1', true],
    ['node?', 'node', false],
    ['*', 'anything', true],
    ['*.example.org', 'a.b.example.org', true],
    ['*.example.org', 'example.org', false],
    ['*a*b*c', 'xaybzc', true],
    ['*a*b*c', 'xaybz', false],
    ['*,!node2', 'node1', true],
    ['*,!node2', 'node2', false],
    ['!node2,*', 'node2', false],
    ['!node2', 'node1', false],
    ['a,b,node1', 'node1', true],
    ['[10.0.0.*]:2222', '[10.0.0.7]:2222', true],
    ['[10.0.0.*]:2222', '10.0.0.7', false],
    ['a.c', 'abc', false],
    ['', '', true],
  ])('matches %s with %s: %s', (names, name, expected) => {
    expect(namesMatch(names, name)).toBe(expected);
  });

  it('matches hashed names', () => {
    expect(namesMatch(hashed('node1'), 'node1')).toBe(true);
    expect(namesMatch(hashed('node1'), 'node2')).toBe(false);
    expect(namesMatch(hashed('[node1]:2222'), '[node1]:2222')).toBe(true);
    expect(namesMatch('|1|broken', 'node1')).toBe(false);
    expect(namesMatch('|2|a|b', 'node1')).toBe(false);
  });

  it('answers a pattern of many stars at once', () => {
    const begin = Date.now();
    expect(namesMatch(`${'*a'.repeat(200)}*b`, 'a'.repeat(2000))).toBe(false);
    expect(Date.now() - begin).toBeLessThan(500);
  });

  it('leaves out what is not a line of the format', () => {
    const text = `# comment\n\n${line('node1', A)}node1 ssh-rsa ${A.toString('base64')}\nnode1 1024 35 1234567\n@other node1 ssh-ed25519 ${A.toString('base64')}\nnode1 ssh-ed25519\nnode1 ssh-ed25519 !!!\n  ${line('node2', B).trim()} a comment\r\n`;
    expect(parseKnownHosts(text).map(({ names }) => names)).toEqual(['node1', 'node2']);
  });

  it('judges keys', () => {
    const text =
      line('node1', A) +
      line('node1', RSA) +
      line('[node2]:2222', B) +
      line('node3', A) +
      line('*', B, '@cert-authority');
    expect(judge(text, 'node1', 22, A)).toBe('known');
    expect(judge(text, 'node1', 22, RSA)).toBe('known');
    expect(judge(text, 'node1', 22, B)).toBe('changed');
    expect(judge(text, 'node2', 2222, B)).toBe('known');
    expect(judge(line('node1', A), 'other', 22, A)).toBe('unknown');
    expect(judge(text, 'other', 22, A)).toBe('authority-only');
  });

  it('counts a key of a type that is not known as changed', () => {
    expect(judge(line('node1', RSA), 'node1', 22, A)).toBe('changed');
  });

  it('lets a revoked key pass under no circumstances', () => {
    expect(judge(line('node1', A) + line('node1', A, '@revoked'), 'node1', 22, A)).toBe('revoked');
    expect(judge(line('node1', A) + line('*', B, '@revoked'), 'node1', 22, A)).toBe('known');
    expect(judge(line('*', B, '@revoked'), 'node1', 22, A)).toBe('unknown');
  });

  it('lets the name without its port confirm a key, not contradict it', () => {
    expect(judge(line('node1', A), 'node1', 2222, A)).toBe('known');
    expect(judge(line('node1', A), 'node1', 2222, B)).toBe('unknown');
    expect(judge(line('node1', A) + line('[node1]:2222', B), 'node1', 2222, A)).toBe('changed');
  });

  it('names the known types in order, each once', () => {
    const keys = linesFor(
      parseKnownHosts(
        line('n', RSA) + line('n', A) + line('n', B) + line('n', makeKey(9, 'ssh-dss'), '@revoked'),
      ),
      { host: 'n', port: 22 },
    );
    expect(knownTypes(keys)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.integer({ min: 1, max: 65_535 }),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        (host, port, content) => {
          const key = makeKey(content.join(','));
          const text = knownHostsLine(knownHostName({ host, port }), key);
          expect(judge(text, host, port, key)).toBe('known');
        },
      ),
    );
  });

  it('never throws for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, host) => {
        judgeKey(linesFor(parseKnownHosts(text), { host, port: 22 }), A);
      }),
    );
  });
});

describe('the known_hosts file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-known-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is made with its folder, for the owner only', () => {
    const file = join(folder, 'home', '.ssh', 'known_hosts');
    addToKnownHosts(file, [{ name: 'node1', key: A }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'home', '.ssh')).mode & 0o777).toBe(0o700);
    expect(readKnownHostsFile(file)).toBe(line('node1', A));
  });

  it('keeps its lines and its mode', () => {
    const file = join(folder, 'shared');
    writeFileSync(file, '# no line end', { mode: 0o644 });
    addToKnownHosts(file, [
      { name: 'node1', key: A },
      { name: 'node2', key: B },
    ]);
    addToKnownHosts(file, [{ name: 'node3', key: A }]);
    expect(readFileSync(file, 'utf8')).toBe(
      `# no line end\n${line('node1', A)}${line('node2', B)}${line('node3', A)}`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it('is empty when it cannot be read', () => {
    expect(readKnownHostsFile(join(folder, 'nothing'))).toBe('');
    expect(readKnownHostsFile(folder)).toBe('');
  });
});

const HAS_KEYGEN = spawnSync('ssh-keygen', ['-?']).error === undefined;

describe.runIf(HAS_KEYGEN)('compared with ssh-keygen -F (only where ssh-keygen is)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'provision-keygen-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const label = fc.constantFrom('node1', 'node2', 'Node1', 'n', '10.0.0.1', '10.0.0.2', 'a.example.org');
  const port = fc.constantFrom(22, 2222, 23);
  const name = fc.tuple(label, port).map(([host, at]) => knownHostName({ host, port: at }));
  const pattern = fc.oneof(
    name,
    fc.constantFrom('*', 'node?', '10.0.0.*', '*.example.org', '[*]:2222', '*o*1', '??'),
  );
  const names = fc.oneof(
    fc
      .array(fc.tuple(fc.boolean(), pattern), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.map(([negated, text]) => (negated ? `!${text}` : text)).join(',')),
    name.map(hashed),
  );
  const marker = fc.constantFrom('', '', '', '@revoked', '@cert-authority');

  it('finds the same lines', () => {
    const file = join(folder, 'known_hosts');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(names, marker), { minLength: 1, maxLength: 6 }),
        label,
        port,
        (entries, host, at) => {
          const text = entries.map(([each, mark], index) => line(each, makeKey(index), mark)).join('');
          writeFileSync(file, text);
          const { stdout } = spawnSync('ssh-keygen', ['-F', knownHostName({ host, port: at }), '-f', file], {
            encoding: 'utf8',
          });
          const found = stdout
            .split('\n')
            .filter((each) => each !== '' && !each.startsWith('#'))
            .map((each) => each.split(' ').at(-1));
          const ours = linesFor(parseKnownHosts(text), { host, port: at }).own.map(({ key }) =>
            key.toString('base64'),
          );
          expect(ours).toEqual(found);
        },
      ),
      { numRuns: 150 },
    );
  });
});

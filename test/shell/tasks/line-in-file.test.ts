import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lineInFile } from '../../../src/tasks/line-in-file.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_LINE, ODD_NAME } from './lifecycle.js';

interface Case {
  readonly before: string;
  readonly line: string;
  readonly match?: string;
  readonly state?: 'present' | 'absent';
  readonly after: string;
}

const CHANGES: readonly Case[] = [
  { before: '', line: 'a', after: 'a\n' },
  { before: 'x\ny', line: 'a', after: 'x\ny\na\n' },
  { before: 'aa\n a\na \na\r\n', line: 'a', after: 'aa\n a\na \na\r\na\n' },
  { before: '1.0\n', line: '1', after: '1.0\n1\n' },
  { before: `x\n`, line: ODD_LINE, after: `x\n${ODD_LINE}\n` },
  { before: `${ODD_LINE}x\n`, line: ODD_LINE, match: '^-e', after: `${ODD_LINE}\n` },
  { before: '#Port 22\nx\n', line: 'Port 2222', match: '^#?Port ', after: 'Port 2222\nx\n' },
  { before: 'Port 1\nx\nPort 2\ny', line: 'Port 3', match: '^Port ', after: 'Port 3\nx\ny\n' },
  { before: 'Port 1\nPort 3\nPort 2\n', line: 'Port 3', match: '^Port ', after: 'Port 3\n' },
  { before: 'x\n', line: 'Port 3', match: '^Port [[:digit:]]{1,5}$', after: 'x\nPort 3\n' },
  { before: 'k=1\nz\n', line: 'other', match: '^k=', after: 'other\nz\n' },
  { before: 'other\nk=1\n', line: 'other', match: '^k=', after: 'other\n' },
  { before: 'x\na\ny\na', line: 'a', state: 'absent', after: 'x\ny\n' },
  { before: 'x\na1\na2\n', line: 'b', match: '^a', state: 'absent', after: 'x\n' },
  { before: 'a\n', line: 'a', state: 'absent', after: '' },
  { before: `${ODD_LINE}\nx\n`, line: ODD_LINE, match: '\\$HOME', state: 'absent', after: 'x\n' },
  { before: 'a\n\nb\n', line: 'c', match: '^$', state: 'absent', after: 'a\nb\n' },
  { before: '-v x\n', line: '-q', match: '-v', after: '-q\n' },
];

describe.each(SHELLS)('lineInFile in $name', (shell) => {
  it.each(CHANGES)('%j', async ({ before, after, ...options }) => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    await writeFile(path, before);
    await expectLifecycle(shell, host, lineInFile({ id: 'l', path, ...options }));
    expect(await readFile(path, 'utf8')).toBe(after);
  });

  it.each<Omit<Case, 'after'>>([
    { before: 'x\na', line: 'a' },
    { before: 'x\na\na\n', line: 'a', match: '^a' },
    { before: 'a', line: 'a', match: 'never' },
    { before: 'x', line: 'a', state: 'absent' },
    { before: 'x', line: 'a', match: '^a', state: 'absent' },
    { before: `${ODD_LINE}\n`, line: ODD_LINE, match: '%d%%' },
  ])('has nothing to do for %j', async ({ before, ...options }) => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, before);
    await expectCheck(shell, host, lineInFile({ id: 'l', path, ...options }), 0);
  });

  it('makes a missing file, and has nothing to remove from one', async () => {
    const host = await testHost();
    const path = join(host.root, 'new', 'f');
    await expectCheck(shell, host, lineInFile({ id: 'l', path, line: 'a', state: 'absent' }), 0);
    await expectLifecycle(shell, host, lineInFile({ id: 'l', path, line: 'a', match: '^b' }));
    expect(await readFile(path, 'utf8')).toBe('a\n');
  });
});

describe('lineInFile', () => {
  it('refuses what is not one line', () => {
    expect(() => lineInFile({ id: 'l', path: '/f', line: 'a\nb' })).toThrow(RangeError);
    expect(() => lineInFile({ id: 'l', path: '/f', line: '' })).toThrow(RangeError);
    expect(() => lineInFile({ id: 'l', path: '/f', line: 'a', match: '\n' })).toThrow(RangeError);
  });
});

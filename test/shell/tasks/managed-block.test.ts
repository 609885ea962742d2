import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { managedBlock } from '../../../src/tasks/managed-block.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_NAME, ODD_TEXT } from './lifecycle.js';

const block = (content: string, name = 'hosts') =>
  `# BEGIN provision ${name}\n${content}\n# END provision ${name}\n`;

/** File before, content, file after. */
const CASES: readonly (readonly [string, string, string, string])[] = [
  ['an empty file', '', 'a', block('a')],
  ['a file', 'x\n\ny\n', 'a\nb\n', `x\n\ny\n${block('a\nb')}`],
  ['a file without a final newline', 'x\ny', 'a', `x\ny\n${block('a')}`],
  ['a block at the start', `${block('old')}x\n`, 'a', `${block('a')}x\n`],
  ['a block in the middle', `x\n${block('old\nolder')}\ny\n`, 'a', `x\n${block('a')}\ny\n`],
  ['a block before a last line without newline', `x\n${block('old')}y`, 'a', `x\n${block('a')}y`],
  ['a block at the end without newline', `x\n${block('old')}`.slice(0, -1), 'a', `x\n${block('a')}`],
  ['an empty block', `x\n${block('').replace('\n\n', '\n')}y\n`, 'a', `x\n${block('a')}y\n`],
  ['lines that end in CR LF', `x\r\n${block('old')}y\r\n`, 'a', `x\r\n${block('a')}y\r\n`],
  [
    'other blocks',
    `${block('z', 'hosts2')}${block('z', 'host')}`,
    'a',
    `${block('z', 'hosts2')}${block('z', 'host')}${block('a')}`,
  ],
  [
    'marker-like lines',
    `#  BEGIN provision hosts\n # END provision hosts\n`,
    'a',
    `#  BEGIN provision hosts\n # END provision hosts\n${block('a')}`,
  ],
  [
    'odd text',
    `${ODD_TEXT}\n${block('old')}${ODD_TEXT}`,
    ODD_TEXT,
    `${ODD_TEXT}\n${block(ODD_TEXT)}${ODD_TEXT}`,
  ],
  ['the content outside the block', 'a\nb\n', 'a\nb', `a\nb\n${block('a\nb')}`],
  ['blank lines in the content', 'x\n', '\n\na\n\n', `x\n${block('\n\na\n')}`],
  ['a block to remove', `x\n${block('old')}y`, '', 'x\ny'],
  ['a block to remove at the end', `x\n${block('old')}`, '', 'x\n'],
  ['only a block to remove', block('old'), '', ''],
];

describe.each(SHELLS)('managedBlock in $name', (shell) => {
  it.each(CASES)('%s', async (_, before, content, after) => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    await writeFile(path, before);
    await chmod(path, 0o640);
    const task = managedBlock({ id: 'b', path, name: 'hosts', content });
    await expectLifecycle(shell, host, task);
    expect(await readFile(path, 'utf8')).toBe(after);
    expect((await stat(path)).mode & 0o7777).toBe(0o640);
    expect(await readFile(join(host.state, 'backup/run-1', path), 'utf8')).toBe(before);
  });

  it('has nothing to remove', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    const task = managedBlock({ id: 'b', path, name: 'hosts', content: '' });
    await expectCheck(shell, host, task, 0);
    await writeFile(path, 'x');
    await expectCheck(shell, host, task, 0);
  });

  it('makes a missing file unless told not to', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    const options = { id: 'b', path, name: ODD_NAME.replaceAll('\n', ' '), content: 'a', mode: '0600' };
    const refused = await expectCheck(shell, host, managedBlock({ ...options, create: false }), 2);
    expect(refused.stdout).toBe(`${path} is missing\n`);
    await expectLifecycle(shell, host, managedBlock(options));
    expect(await readFile(path, 'utf8')).toBe(block('a', options.name));
    expect((await stat(path)).mode & 0o7777).toBe(0o600);
    await chmod(path, 0o644);
    expect(await expectLifecycle(shell, host, managedBlock(options))).toBe(`${path}: mode is 644, not 600\n`);
  });

  it.each([
    `${block('a')}x\n${block('b')}`,
    '# BEGIN provision hosts\nx\n',
    `# BEGIN provision hosts\n${block('a')}`,
  ])('refuses broken markers: %j', async (before) => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, before);
    const { stdout } = await expectCheck(
      shell,
      host,
      managedBlock({ id: 'b', path, name: 'hosts', content: 'a' }),
      2,
    );
    expect(stdout).toContain('put that right by hand');
  });

  it('is quick with a large file', async () => {
    const host = await testHost();
    const path = join(host.root, 'hosts');
    const content = Array.from(
      { length: 1000 },
      (_, i) => `10.0.${i >> 8}.${i & 255} node${i} node${i}.example.net`,
    ).join('\n');
    await writeFile(path, '127.0.0.1 localhost\n'.repeat(500));
    await expectLifecycle(shell, host, managedBlock({ id: 'b', path, name: 'hosts', content }));
    const start = performance.now();
    await expectCheck(shell, host, managedBlock({ id: 'b', path, name: 'hosts', content }), 0);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('managedBlock', () => {
  it('refuses what would break its markers', () => {
    expect(() => managedBlock({ id: 'b', path: '/f', name: 'a\nb', content: '' })).toThrow(RangeError);
    expect(() => managedBlock({ id: 'b', path: '/f', name: 'a', content: 'x\n# END provision a\n' })).toThrow(
      RangeError,
    );
  });
});

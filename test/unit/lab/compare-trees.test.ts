import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Change, compareTrees, type Entry, parseEntries } from '../../../src/lab/compare-trees.js';

const FILE: Entry = {
  path: 'etc/app.conf',
  type: 'f',
  mode: '644',
  owner: '0:0',
  size: '4',
  time: '1700000000.1',
  inode: '10',
  target: '',
};

const same = async (): Promise<boolean> => true;
const other = async (): Promise<boolean> => false;
const never = async (): Promise<boolean> => {
  throw new Error('the content must not be read');
};

function tree(entry: Partial<Entry> | undefined): Map<string, Entry> {
  return new Map(entry === undefined ? [] : [[FILE.path, { ...FILE, ...entry }]]);
}

async function compare(
  old: Partial<Entry> | undefined,
  now: Partial<Entry> | undefined,
  sameContent: (path: string) => Promise<boolean>,
): Promise<Change[]> {
  return compareTrees(tree(old), tree(now), sameContent);
}

describe('compareTrees', () => {
  it.each<
    [
      string,
      Partial<Entry> | undefined,
      Partial<Entry> | undefined,
      typeof same,
      Omit<Change, 'path'> | undefined,
    ]
  >([
    ['the very same file', {}, {}, never, undefined],
    ['a copy with the same content', {}, { inode: '11' }, same, undefined],
    ['a file that appeared', undefined, {}, never, { kind: 'added', aspects: [] }],
    ['a file that went', {}, undefined, never, { kind: 'removed', aspects: [] }],
    ['another size', {}, { size: '5' }, never, { kind: 'changed', aspects: ['content'] }],
    [
      'the same size and time, other content',
      {},
      { inode: '11' },
      other,
      { kind: 'changed', aspects: ['content'] },
    ],
    [
      'the same content, written again',
      {},
      { time: '1700000009.0' },
      same,
      { kind: 'changed', aspects: ['time'] },
    ],
    ['other permissions', {}, { mode: '600' }, never, { kind: 'changed', aspects: ['mode'] }],
    [
      'another owner and mode',
      {},
      { mode: '600', owner: '1:1' },
      never,
      { kind: 'changed', aspects: ['mode', 'owner'] },
    ],
    ['a folder in place of a file', {}, { type: 'd' }, never, { kind: 'changed', aspects: ['type'] }],
    [
      'a folder with other entries',
      { type: 'd' },
      { type: 'd', time: '1800000000.0', size: '9' },
      never,
      undefined,
    ],
    [
      'a link that points elsewhere',
      { type: 'l', target: 'a' },
      { type: 'l', target: 'b' },
      never,
      { kind: 'changed', aspects: ['target'] },
    ],
  ])('%s', async (_title, old, now, sameContent, expected) => {
    const changes = await compare(old, now, sameContent);
    expect(changes).toEqual(expected === undefined ? [] : [{ path: '/etc/app.conf', ...expected }]);
  });
});

describe('parseEntries', () => {
  it('reads back every name that a file can have', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(
        fc.uniqueArray(name),
        fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
        (paths, target) => {
          const text = paths
            .map((path) => [path, 'l', '777', '0:0', '3', '1.5', '7', target, ''].join('\0'))
            .join('');
          const entries = parseEntries(text);
          expect([...entries.keys()]).toEqual(paths);
          for (const entry of entries.values())
            expect(entry).toMatchObject({ type: 'l', inode: '7', target });
        },
      ),
    );
  });
});

import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type JsonObject, jsonMerge } from '../../../src/tasks/json-merge.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_NAME, ODD_TEXT } from './lifecycle.js';

const DAEMON = `{
    "registry-mirrors": ["https://mirror.example", "https://other.example"],
    "big": 12345678901234567890.10,
    "debug" : false,
    "label": "caf\\u00e9 \\/ ü",
    "log-opts": {"max-size": "10m", "nested": {"a": [ [1], {} ]}}
}
`;

interface Case {
  readonly title: string;
  readonly before: string;
  readonly values: JsonObject;
  readonly remove?: readonly string[];
  readonly after: string;
}

const CHANGES: readonly Case[] = [
  { title: 'an empty file', before: '', values: { a: 1 }, after: '{\n  "a": 1\n}\n' },
  { title: 'blank lines', before: '\n \t\r\n', values: { a: [] }, after: '{\n  "a": []\n}\n' },
  {
    title: 'a file with other keys, which stay as they are written',
    before: DAEMON,
    values: {
      debug: true,
      'log-opts': { 'max-file': '3' },
      'registry-mirrors': ['https://mirror.example', 'https://new.example'],
    },
    after: `{
    "registry-mirrors": [
        "https://mirror.example",
        "https://other.example",
        "https://new.example"
    ],
    "big": 12345678901234567890.10,
    "debug": true,
    "label": "caf\\u00e9 \\/ ü",
    "log-opts": {
        "max-size": "10m",
        "nested": {"a": [ [1], {} ]},
        "max-file": "3"
    }
}
`,
  },
  {
    title: 'keys to remove',
    before: '{"a":1,"\\u0062":{},"c":[]}',
    values: {},
    remove: ['a', 'b', 'z'],
    after: '{\n  "c": []\n}\n',
  },
  { title: 'every key to remove', before: '{\n\t"a": 1}', values: {}, remove: ['a'], after: '{}\n' },
  {
    title: 'tabs',
    before: '{\n\t"a": 1\n}',
    values: { b: { c: null } },
    after: '{\n\t"a": 1,\n\t"b": {\n\t\t"c": null\n\t}\n}\n',
  },
  {
    title: 'other types',
    before: '{"a":{"x":1},"b":[1],"c":"1"}',
    values: { a: [1], b: 1, c: 1 },
    after: '{\n  "a": [\n    1\n  ],\n  "b": 1,\n  "c": 1\n}\n',
  },
  {
    title: 'an array of objects',
    before: '{"a":[{"x":1}]}',
    values: { a: [{ x: 2 }] },
    after: '{\n  "a": [\n    {\n      "x": 2\n    }\n  ]\n}\n',
  },
];

describe.each(SHELLS)('jsonMerge in $name', (shell) => {
  it.each(CHANGES)('changes $title', async ({ before, after, values, remove }) => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    await writeFile(path, before);
    await expectLifecycle(shell, host, jsonMerge({ id: 'j', path, values, remove }));
    expect(await readFile(path, 'utf8')).toBe(after);
  });

  it.each<[string, JsonObject]>([
    [
      DAEMON,
      {
        debug: false,
        label: 'café / ü',
        'log-opts': { nested: { a: [[1], {}] } },
      },
    ],
    ['{"a":[3,2,1,"x"]}', { a: ['x', 1] }],
    ['{"a":1.50e1,"b":[{"x":1,"y":2}]}', { a: 15, b: [{ y: 2, x: 1 }] }],
    ['{"a":"\\ud83d\\uDE00\\u2028\\b\\t"}', { a: '😀\u2028\b\t' }],
    ['', {}],
    ['{"a":5e-1,"b":[0e5,-0.0],"c":0.00120E+3}', { a: 0.5, b: [0], c: 1.2 }],
    [' {} ', {}],
  ])('finds nothing to do in %j', async (before, values) => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, before);
    await expectCheck(shell, host, jsonMerge({ id: 'j', path, values }), 0);
  });

  it.each([
    ['{\n  "a": 1,\n}\n', 'line 3: unexpected }'],
    ['{\n  "a": 1\n', 'line 2: the document ends too early'],
    ['{"a": 1} x', 'line 1: unexpected x'],
    ['{"a": 1}\n{}', 'line 2: unexpected {'],
    ['// comment\n{}', 'line 1: unexpected // comment'],
    ['\n[1]', 'line 2: the document is not an object'],
    ['{"a": 01}', 'line 1: unexpected 1'],
    ["{'a': 1}", "line 1: unexpected 'a': 1}"],
    ['{"a": "x\n"}', 'line 1: a string without its closing quote'],
    ['{"a": "\t"}', 'line 1: a control character in a string'],
    ['{"a": "\\x"}', 'line 1: not an escape: \\x'],
    ['{"a" 1}', 'line 1: unexpected 1'],
    ['{"a": tru}', 'line 1: unexpected tru}'],
    ['{1: 1}', 'line 1: unexpected 1'],
    ['{"a": [1 2]}', 'line 1: unexpected 2'],
    ['{', 'line 1: the document ends too early'],
  ])('refuses %j', async (before, reason) => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, before);
    const { stdout } = await expectCheck(shell, host, jsonMerge({ id: 'j', path, values: { a: 1 } }), 2);
    expect(stdout).toBe(`${path} is not a JSON object that settings can be put into: ${reason}\n`);
  });

  it('puts odd keys and values into a missing file, with its mode', async () => {
    const host = await testHost();
    const path = join(host.root, 'new', 'f');
    const values = { [ODD_TEXT]: { [ODD_NAME]: [ODD_TEXT, '\u0001\u007f\ud800', -1.5e-300] }, 'a=b': 'x=y' };
    await expectLifecycle(shell, host, jsonMerge({ id: 'j', path, values, mode: '0600' }));
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(values);
    await chmod(path, 0o644);
    const said = await expectLifecycle(shell, host, jsonMerge({ id: 'j', path, values, mode: '0600' }));
    expect(said).toBe(`${path}: mode is 644, not 600\n`);
    expect((await stat(path)).mode & 0o7777).toBe(0o600);
  });

  it('shows what changes', async () => {
    const host = await testHost();
    const path = join(host.root, 'f');
    await writeFile(path, '{\n  "a": 1,\n  "b": 2\n}\n');
    const { stdout } = await expectCheck(shell, host, jsonMerge({ id: 'j', path, values: { b: 3 } }), 1);
    expect(stdout).toBe(
      `--- ${path}\n+++ ${path} (declared)\n@@ -1,4 +1,4 @@\n {\n   "a": 1,\n-  "b": 2\n+  "b": 3\n }\n`,
    );
  });
});

describe('jsonMerge', () => {
  it('refuses to set and remove the same key', () => {
    expect(() => jsonMerge({ id: 'j', path: '/f', values: { a: 1 }, remove: ['a'] })).toThrow(RangeError);
  });
});

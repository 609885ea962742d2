import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheKey, ingredients } from '../../../../src/lab/kubernetes/key.js';

const FILES = [
  { path: 'compile.sh', text: 'go build\n' },
  { path: 'guest/pack.sh', text: 'dpkg-deb\n' },
];

describe('cacheKey', () => {
  it('is the same whatever the order in which files are found', () => {
    expect(cacheKey(['1.20.2'], FILES.toReversed())).toBe(cacheKey(['1.20.2'], FILES));
    expect(cacheKey(['1.20.2'], FILES)).toMatch(/^[0-9a-f]{12}$/);
  });

  it.each([
    ['the recipe', ['1.20.3'], FILES],
    ['the text of a file', ['1.20.2'], [{ path: 'compile.sh', text: 'go build -x\n' }, ...FILES.slice(1)]],
    ['the name of a file', ['1.20.2'], [{ path: 'build.sh', text: 'go build\n' }, ...FILES.slice(1)]],
    ['the number of files', ['1.20.2'], FILES.slice(1)],
  ])('changes with %s', (_what, recipe, files) => {
    expect(cacheKey(recipe, files)).not.toBe(cacheKey(['1.20.2'], FILES));
  });
});

describe('ingredients', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'key-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('are all files that are no modules, so that the key is the same from source and compiled', async () => {
    await mkdir(join(folder, 'guest/kubelet'), { recursive: true });
    for (const name of ['build.ts', 'build.js', 'build.js.map', 'build.d.ts', 'enter.sh']) {
      await writeFile(join(folder, name), name);
    }
    await writeFile(join(folder, 'guest/crictl.go'), 'package main');
    await writeFile(join(folder, 'guest/kubelet/postinst'), '#!/bin/sh');
    const found = await ingredients(folder);
    expect(found.toSorted((one, other) => one.path.localeCompare(other.path))).toEqual([
      { path: 'enter.sh', text: 'enter.sh' },
      { path: 'guest/crictl.go', text: 'package main' },
      { path: 'guest/kubelet/postinst', text: '#!/bin/sh' },
    ]);
  });
});

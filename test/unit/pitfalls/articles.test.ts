import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { recognise } from '../../../src/pitfalls/recognise.js';

interface Block {
  readonly title: string;
  readonly fields: readonly string[];
  readonly lines: readonly string[];
}

/** The blocks of a file; each begins with a line `=== SOURCE | ... | WHAT`. */
function blocksOf(file: string): readonly Block[] {
  const text = readFileSync(new URL(`./articles/${file}`, import.meta.url), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.split('\n');
      return { title, fields: title.split(' | '), lines };
    });
}

const idsIn = (lines: readonly string[]): readonly string[] =>
  recognise(lines, catalogue).map(({ pitfall }) => pitfall.id);

const failures = blocksOf('failures.txt');
const healthy = blocksOf('healthy.txt');

describe('what the articles quote', () => {
  it.each(failures)('names the pitfall first: $title', ({ fields, lines }) => {
    expect(idsIn(lines)[0]).toBe(fields[1]);
  });

  it.each(healthy)('finds nothing where all is well: $title', ({ lines }) => {
    expect(idsIn(lines)).toEqual([]);
  });

  it('finds nothing in all healthy lines one by one, either', () => {
    const lines = healthy.flatMap((block) => block.lines);
    // What is well again later is a symptom where the text ends.
    const passing = /waiting for the control plane to become ready|Optimizing and caching bundles/;
    const alarming = lines.filter((line) => !passing.test(line) && idsIn([line]).length > 0);
    expect(alarming).toEqual([]);
  });

  it('is read from all five of them', () => {
    const sources = [...failures, ...healthy].map(({ fields }) => fields[0]);
    expect(new Set(sources)).toEqual(
      new Set(['000', '001', '002', '003', '004'].map((number) => `articles/${number}`)),
    );
    expect(failures.length).toBeGreaterThan(40);
    expect(healthy.length).toBeGreaterThan(50);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { pitfallsPage } from '../../../src/pitfalls/pitfalls-page.js';
import { recognise } from '../../../src/pitfalls/recognise.js';

function pitfall(id: string, ...symptoms: readonly RegExp[]): Pitfall {
  const remedy = { kind: 'manual', risk: 'None.', steps: ['mend it'] } as const;
  return {
    id,
    stage: 'hosts',
    title: id,
    meaning: 'It is so.',
    symptoms,
    noProbe: 'a test',
    preventedBy: [],
    remedy,
    source: 'a test',
  };
}

const PITFALLS = [pitfall('a', /alpha/, /able/), pitfall('b', /beta/), pitfall('c', /gamma/)];

describe('recognise', () => {
  const idsOf = (...lines: string[]): string[] => recognise(lines, PITFALLS).map((each) => each.pitfall.id);

  it('names each pitfall that lines show, the one with most symptoms first', () => {
    expect(idsOf('alpha', 'able', 'beta', 'beta')).toEqual(['a', 'b']);
  });

  it('of equals, names the one nearest to the end first', () => {
    expect(idsOf('alpha', 'beta')).toEqual(['b', 'a']);
    expect(idsOf('beta', 'alpha')).toEqual(['a', 'b']);
  });

  it('gives the lines as they stand, each once', () => {
    const [found] = recognise(['  beta 1 ', 'other', 'beta 1', 'beta 2'], PITFALLS);
    expect(found?.lines).toEqual(['beta 1', 'beta 2']);
  });

  it('finds nothing in ordinary lines', () => {
    expect(idsOf('one', 'two', '')).toEqual([]);
  });
});

describe('docs/pitfalls.md', () => {
  it('is what the catalogue says (run "npm run docs")', () => {
    const page = readFileSync(new URL('../../../docs/pitfalls.md', import.meta.url), 'utf8');
    expect(page).toBe(pitfallsPage(catalogue));
  });
});

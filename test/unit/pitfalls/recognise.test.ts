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
    versions: 'all',
    symptoms,
    noProbe: 'a test',
    preventedBy: [],
    remedy,
    source: 'a test',
  };
}

const PITFALLS = [
  pitfall('a', /alpha/, /able/),
  pitfall('b', /beta/),
  pitfall('c', /gamma/),
  pitfall('d', /delta(?![^]*well again)/m),
];

describe('recognise', () => {
  const idsOf = (...lines: string[]): string[] => recognise(lines, PITFALLS).map((each) => each.pitfall.id);

  it('names each pitfall that lines show, the one with most symptoms first', () => {
    expect(idsOf('alpha', 'able', 'beta', 'beta')).toEqual(['a', 'b']);
  });

  it('of equals, names the one nearest to the end first', () => {
    expect(idsOf('alpha', 'beta')).toEqual(['b', 'a']);
    expect(idsOf('beta', 'alpha')).toEqual(['a', 'b']);
  });

  it('of two that one line shows, names the one that stands first among them', () => {
    expect(idsOf('gamma and alpha', 'nothing')).toEqual(['a', 'c']);
    expect(recognise(['gamma and alpha'], PITFALLS.toReversed()).map((each) => each.pitfall.id)).toEqual([
      'c',
      'a',
    ]);
  });

  it('counts different symptoms, and not how often one is there', () => {
    expect(idsOf('alpha', 'able', ...Array<string>(9).fill('gamma'))).toEqual(['a', 'c']);
  });

  it('believes a later line that all is well again, where a symptom says which', () => {
    expect(idsOf('delta', 'nothing')).toEqual(['d']);
    expect(idsOf('delta', 'nothing', 'well again')).toEqual([]);
    expect(idsOf('delta', 'well again', 'delta 2')).toEqual(['d']);
    expect(recognise(['delta', 'well again', 'delta 2'], PITFALLS)[0]?.lines).toEqual(['delta 2']);
    expect(idsOf('well again', 'delta')).toEqual(['d']);
  });

  it('takes lines that end as those of Windows do', () => {
    expect(recognise(['a gamma\r'], [pitfall('e', /gamma$/)]).map(({ lines }) => lines)).toEqual([
      ['a gamma'],
    ]);
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

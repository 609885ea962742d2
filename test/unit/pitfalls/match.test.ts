import { describe, expect, it } from 'vitest';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { recognise } from '../../../src/pitfalls/recognise.js';

function pitfall(id: string, ...symptoms: readonly RegExp[]): Pitfall {
  const remedy = { kind: 'manual', risk: 'None.', steps: [`cure ${id}`] } as const;
  return {
    id,
    stage: 'hosts',
    title: id,
    meaning: `It is ${id}.`,
    versions: 'all',
    symptoms,
    noProbe: 'a test',
    preventedBy: [],
    remedy,
    source: 'a test',
  };
}

const pitfalls = [pitfall('a', /alpha/, /first/), pitfall('b', /beta/)];

describe('matchPitfall', () => {
  it('of equals, takes the one whose line comes last', () => {
    expect(matchPitfall(['alpha', '  beta happened  ', 'nothing'], pitfalls)).toEqual({
      id: 'b',
      line: 'beta happened',
      meaning: 'It is b.',
      steps: ['cure b'],
    });
    expect(matchPitfall(['beta', 'the first'], pitfalls)?.id).toBe('a');
  });

  it('takes the pitfall of which there are most symptoms, as explain does', () => {
    const lines = ['alpha', 'the first', 'beta'];
    expect(matchPitfall(lines, pitfalls)).toMatchObject({ id: 'a', line: 'the first' });
    expect(recognise(lines, pitfalls)[0]?.pitfall.id).toBe('a');
  });

  it('takes the first pitfall when a line is a symptom of two', () => {
    expect(matchPitfall(['beta and alpha'], pitfalls)?.id).toBe('a');
  });

  it('finds none in no lines, or without pitfalls', () => {
    expect(matchPitfall([], pitfalls)).toBeUndefined();
    expect(matchPitfall(['alpha'], [])).toBeUndefined();
  });
});

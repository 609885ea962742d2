import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRange } from '../../../src/inventory/ranges.js';

const stem = fc.stringMatching(/^[a-z-]{0,8}$/);

describe('expandRange', () => {
  it.each([
    ['node1', ['node1']],
    ['node[1:3]', ['node1', 'node2', 'node3']],
    ['node[08:11]', ['node08', 'node09', 'node10', 'node11']],
    ['10.0.0.[9:11]', ['10.0.0.9', '10.0.0.10', '10.0.0.11']],
    ['rack[1:2]-a', ['rack1-a', 'rack2-a']],
    ['node[0:1]', ['node0', 'node1']],
    ['node[7:7]', ['node7']],
    ['fd00::[8:10]', ['fd00::8', 'fd00::9', 'fd00::10']],
  ])('%s stands for %j', (pattern, words) => {
    expect(expandRange(pattern).words).toEqual(words);
  });

  it.each([
    ['node[1:9:2]', /no step/, 'node[1:9]'],
    ['node[1-9]', /separated by ":"/, 'node[1:9]'],
    ['node[1..9]', /separated by ":"/, 'node[1:9]'],
    ['node[9:1]', /backwards/, undefined],
    ['node[1:2][3:4]', /two ranges/, undefined],
    ['node[01:100]', /\[001:100\]/, undefined],
    ['node[a:c]', /letters/, undefined],
    ['node[1:]', /two whole numbers/, undefined],
    ['node[1:99999999999999999999]', /at most 1000/, undefined],
  ])('%s is refused', (pattern, problem, nearest) => {
    const expansion = expandRange(pattern);
    expect(expansion.problem).toMatch(problem);
    expect(expansion.nearest).toBe(nearest);
    expect(expansion.words).toEqual([]);
  });

  it('gives as many different words as the range counts, the ends first and last', () => {
    fc.assert(
      fc.property(stem, stem, fc.nat(5000), fc.nat(999), (before, after, first, more) => {
        const { words, ranged } = expandRange(`${before}[${first}:${first + more}]${after}`);
        expect(ranged).toBe(true);
        expect(words[0]).toBe(`${before}${first}${after}`);
        expect(words.at(-1)).toBe(`${before}${first + more}${after}`);
        expect(new Set(words).size).toBe(more + 1);
      }),
    );
  });

  it('keeps the width of padded numbers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(9), fc.nat(89), (width, first, more) => {
        const pad = (number: number): string => String(number).padStart(width, '0');
        const { words } = expandRange(`n[${pad(first)}:${pad(first + more)}]`);
        expect(words).toHaveLength(more + 1);
        for (const word of words) expect(word).toHaveLength(width + 1);
        expect(words.toSorted()).toEqual(words);
      }),
    );
  });

  it('never throws and never runs away, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('[', ']', ':', '-', '0', '9', 'a', ' ') }), (pattern) => {
        const { words, problem } = expandRange(pattern);
        expect(words.length).toBeLessThanOrEqual(1000);
        expect(words.length === 0).toBe(problem !== undefined);
      }),
    );
  });
});

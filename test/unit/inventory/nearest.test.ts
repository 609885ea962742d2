import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestWord, wordDistance } from '../../../src/inventory/nearest.js';

const word = fc.stringMatching(/^[a-z]{1,10}$/);

describe('nearestWord', () => {
  it.each([
    ['adress', ['address', 'roles', 'ssh'], 'address'],
    ['timeZone', ['timezone', 'time'], 'timezone'],
    ['shh', ['ssh', 'hosts'], 'ssh'],
    ['Control-Plane', ['control-plane', 'worker'], 'control-plane'],
    ['Shanghai', ['Asia/Shanghai', 'Asia/Tokyo'], 'Asia/Shanghai'],
    ['sytemd', ['systemd', 'cgroupfs'], 'systemd'],
    ['etcd', ['control-plane', 'worker', 'mon'], undefined],
    ['x', ['yes', 'no'], undefined],
    ['', ['a'], undefined],
    ['anything', [], undefined],
  ])('%s among %j is %s', (typed, words, expected) => {
    expect(nearestWord(typed, words)).toBe(expected);
  });

  it('finds the word itself', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), fc.nat(), (words, index) => {
        const wanted = words[index % words.length] ?? '';
        expect(nearestWord(wanted, words)).toBe(wanted);
      }),
    );
  });

  it('finds a long word behind any one slip of the finger', () => {
    const letter = fc.stringMatching(/^[a-z]$/);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{4,10}$/), fc.nat(), letter, (wanted, seed, other) => {
        const at = seed % (wanted.length - 1);
        const head = wanted.slice(0, at);
        const slips = [
          head + wanted.slice(at + 1),
          head + other + wanted.slice(at),
          head + other + wanted.slice(at + 1),
          head + (wanted[at + 1] ?? '') + (wanted[at] ?? '') + wanted.slice(at + 2),
        ];
        for (const slip of slips) expect(nearestWord(slip, ['zzzzzzzzzzzzzzzzzzzz', wanted])).toBe(wanted);
      }),
    );
  });
});

describe('wordDistance', () => {
  it('is a count of slips', () => {
    expect(wordDistance('ssh', 'shh')).toBe(1);
    expect(wordDistance('user', 'usre')).toBe(1);
    expect(wordDistance('kitten', 'sitting')).toBe(3);
    expect(wordDistance('', 'abc')).toBe(3);
    expect(wordDistance('abcdef', 'uvwxyz', 2)).toBe(Number.POSITIVE_INFINITY);
  });

  it('is the same both ways, and nothing only between equal words', () => {
    fc.assert(
      fc.property(word, word, (one, two) => {
        const distance = wordDistance(one, two);
        expect(wordDistance(two, one)).toBe(distance);
        expect(distance === 0).toBe(one === two);
        expect(distance).toBeLessThanOrEqual(Math.max(one.length, two.length));
      }),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../../../src/inventory/check-text.js';
import * as formats from '../../../src/inventory/formats.js';
import * as network from '../../../src/inventory/formats-network.js';
import * as texts from '../../../src/inventory/formats-text.js';
import type { Format } from '../../../src/inventory/kinds.js';

const all = Object.entries({ ...formats, ...network, ...texts }).filter(
  (entry): entry is [string, Format] => typeof entry[1] === 'object',
);

describe.each(all)('%s', (_name, format) => {
  it.each(format.examples)('accepts its own example %s', (example) => {
    expect(format.check(example)).toBeUndefined();
    if (format.pattern !== undefined) expect(example).toMatch(new RegExp(format.pattern, 'u'));
  });

  it('never throws, suggests only what it accepts, and agrees with its pattern', () => {
    fc.assert(
      fc.property(anyText(format), (text) => {
        const complaint = checkText(format, text);
        if (complaint?.nearest !== undefined && complaint.nearest !== '[]')
          expect(checkText(format, complaint.nearest)).toBeUndefined();
        if (complaint === undefined && format.pattern !== undefined)
          expect(text).toMatch(new RegExp(format.pattern, 'u'));
        if (complaint === undefined && format.normalize !== undefined) {
          const normal = format.normalize(text);
          expect(checkText(format, normal)).toBeUndefined();
          expect(format.normalize(normal)).toBe(normal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Texts near to what the format wants: its examples with pieces inserted or removed, and texts of its own letters. */
function anyText(format: Format): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'A',
    'a',
    '1',
    '0',
    '-',
    '_',
    '.',
    ':',
    '/',
    '@',
    '[',
    ']',
    '%',
    ' ',
    '~',
    'http://',
    'é',
    '\n',
    'MB',
  );
  const changed = fc
    .tuple(fc.constantFrom(...format.examples), fc.nat(), fc.nat(4), fc.string({ unit: piece, maxLength: 4 }))
    .map(([example, seed, removed, added]) => {
      const at = seed % (example.length + 1);
      return example.slice(0, at) + added + example.slice(at + removed);
    });
  return fc.oneof(changed, fc.string({ unit: piece }), fc.string());
}

describe('timezone', () => {
  it.each([
    'UTC',
    'Asia/Shanghai',
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+8',
  ])('accepts %s', (name) => {
    expect(formats.timezone.check(name)).toBeUndefined();
  });

  it.each([
    ['asia/shanghai', 'Asia/Shanghai'],
    ['Shanghai', 'Asia/Shanghai'],
    ['Asia/Shanghia', 'Asia/Shanghai'],
    ['utc', 'UTC'],
    ['CST', undefined],
    ['Asia/Beijing', undefined],
    ['+08:00', undefined],
    ['../etc/passwd', undefined],
  ])('refuses %s', (name, nearest) => {
    const complaint = formats.timezone.check(name);
    expect(complaint).toBeDefined();
    if (nearest !== undefined) expect(complaint?.nearest).toBe(nearest);
  });
});

describe('programs that read options', () => {
  it.each([
    network.host,
    network.hostOrRange,
    network.jump,
    texts.userName,
    texts.localFile,
    formats.hostPattern,
  ])('are never given a word that begins with a hyphen as $name', (format) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(format.check(`-${text}`)).toBeDefined();
      }),
    );
  });
});

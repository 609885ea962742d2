import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, printable, widthOf } from '../../../src/report/printable.js';

describe('a line for a terminal', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007text', 'text'],
    ['10%\r20%', '10%20%'],
    ['a\tb', 'a    b'],
    ['a\u202egpj.exe', 'agpj.exe'],
    ['\u009b2Jx', 'x'],
  ])('%j is shown as %j', (line, shown) => {
    expect(printable(line)).toBe(shown);
  });

  it('holds no control character, whatever a host prints', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (line) => {
        // oxlint-disable-next-line no-control-regex -- they are what must not be there
        expect(printable(line)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
  });

  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['e\u0301', 1],
    ['✔ ok', 4],
  ])('%j takes %i columns', (line, width) => {
    expect(widthOf(line)).toBe(width);
  });

  it('is cut to the columns there are, and only when it must be', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (line, columns) => {
        const short = cut(line, columns);
        expect(widthOf(short)).toBeLessThanOrEqual(columns);
        expect(short === line).toBe(widthOf(line) <= columns);
      }),
    );
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('日本語', 4)).toBe('日…');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  escapeSubstitution,
  localPath,
  substitute,
  surroundingsOf,
} from '../../../src/inventory/substitute.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-substitute-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'token'), 'abc\n');
writeFileSync(join(folder, 'windows'), 'abc\r\n');
writeFileSync(join(folder, 'two-newlines'), 'abc\n\n');
writeFileSync(join(folder, 'bare'), 'abc');
writeFileSync(join(folder, 'large'), 'x'.repeat(100_000));

const env = { NAME: 'value', DOLLAR: '${env:NAME}', HOME: '/home/operator', EMPTY: '' };
const surroundings = surroundingsOf(join(folder, 'inventory.yaml'), env, readFileSync);

describe('substitute', () => {
  it.each([
    ['plain', 'plain', []],
    ['${env:NAME}', 'value', ['value']],
    ['a-${env:NAME}-b', 'a-value-b', ['value']],
    ['${env:NAME}${env:NAME}', 'valuevalue', ['value', 'value']],
    ['${file:token}', 'abc', ['abc']],
    ['${file:windows}', 'abc', ['abc']],
    ['${file:two-newlines}', 'abc\n', ['abc\n']],
    ['${file:./bare}', 'abc', ['abc']],
    ['${env:EMPTY}', '', ['']],
    ['$${env:NAME}', '${env:NAME}', []],
    ['$NAME and $ and {}', '$NAME and $ and {}', []],
  ])('%s gives %s', (text, value, values) => {
    expect(substitute(text, surroundings)).toMatchObject({ value, values, problems: [] });
  });

  it('does not look into what it put in', () => {
    expect(substitute('${env:DOLLAR}', surroundings).value).toBe('${env:NAME}');
  });

  it.each([
    ['${env:NAMEE}', /the environment variable NAMEE is not set/, '${env:NAME}'],
    ['${file:nowhere}', /^the file .*\/nowhere does not exist$/, undefined],
    ['${file:.}', /is a folder/, undefined],
    ['${file:large}', /100000 bytes/, undefined],
    ['${NAME}', /names no place to look/, '${env:NAME}'],
    ['${env:}', /names no place to look/, undefined],
    ['${vault:x}', /names no place to look/, undefined],
    ['${env:NAME', /no closing/, undefined],
  ])('%s is a problem', (text, found, nearest) => {
    const { problems, replaced } = substitute(text, surroundings);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.found).toMatch(found);
    expect(problems[0]?.nearest).toBe(nearest);
    expect(replaced).toBe(true);
  });

  it('gives back any text that was escaped', () => {
    const piece = fc.constantFrom('$', '{', '}', 'env:', 'NAME', '\\', ' ', 'é');
    fc.assert(
      fc.property(fc.string({ unit: piece }), (text) => {
        const { value, replaced } = substitute(escapeSubstitution(text), surroundings);
        expect(value).toBe(text);
        expect(replaced).toBe(false);
      }),
    );
  });

  it('puts in any value unchanged', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, around) => {
        const escaped = escapeSubstitution(around);
        fc.pre(!escaped.endsWith('$'));
        const result = substitute(`${escaped}\${env:X}`, { ...surroundings, env: { X: value } });
        expect(result.value).toBe(around + value);
        expect(result.values).toEqual([value]);
      }),
    );
  });
});

describe('localPath', () => {
  it('starts at the home directory or at the inventory', () => {
    expect(localPath('~/.ssh/id', surroundings)).toBe('/home/operator/.ssh/id');
    expect(localPath('~', surroundings)).toBe('/home/operator');
    expect(localPath('keys/id', surroundings)).toBe(join(folder, 'keys/id'));
    expect(localPath('/etc/key', surroundings)).toBe('/etc/key');
  });
});

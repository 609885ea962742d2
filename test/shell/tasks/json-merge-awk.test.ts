import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AWKS } from '../../support/programs.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const PROGRAM = fileURLToPath(new URL('../../../src/tasks/json-merge.awk', import.meta.url));

function run(awk: readonly string[], document: string, values: Json, remove: readonly string[] = []) {
  const [command = '', ...args] = awk;
  const env = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    PROVISION_PATCH: JSON.stringify({ values, remove }),
    LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH,
  };
  const { status, stdout, stderr } = spawnSync(command, [...args, '-f', PROGRAM], { input: document, env });
  expect(stderr.toString()).toBe('');
  return { status, text: stdout.toString() };
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: Json) => typeof value !== 'object' || value === null;

/** What the awk program should come to, in the plainest way. */
function merge(base: Json, patch: Json): Json {
  if (isObject(base) && isObject(patch)) {
    const result = new Map(Object.entries(base));
    for (const [key, value] of Object.entries(patch)) {
      const old = result.get(key);
      result.set(key, old === undefined ? value : merge(old, value));
    }
    return Object.fromEntries(result);
  }
  if (Array.isArray(base) && Array.isArray(patch) && base.every(isScalar) && patch.every(isScalar)) {
    return [...base, ...new Set(patch.filter((each) => !base.includes(each)))];
  }
  return isDeepStrictEqual(base, patch) ? base : patch;
}

/** Few keys and values, so that documents meet; and everything that JSON can hold, so that they surprise. */
const scalar = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    1,
    -1.5,
    1e21,
    1e-7,
    'a',
    '',
    '1',
    'true',
    'é',
    '\\',
    '"',
    '\n\u0000',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (number === 0 ? 0 : number)),
  fc.string({ unit: 'binary' }),
);
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', 'é', '"', '__proto__', '1'),
  fc.string({ unit: 'binary' }),
);
const { object } = fc.letrec<{ value: Json; object: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(scalar, { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 5 })
    .map((entries): Json => Object.fromEntries(entries)),
}));

const escaped = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const written = fc
  .tuple(object, fc.constantFrom(0, 2, 4, '\t'), fc.boolean())
  .map(([value, indent, escape]) => {
    const text = JSON.stringify(value, null, indent);
    return { value, text: escape ? escaped(text) : text };
  });

describe.each(AWKS.map((awk) => ({ awk, title: awk.join(' ') })))('json-merge.awk in $title', ({ awk }) => {
  it('merges as JavaScript does, and a second time changes nothing', () => {
    fc.assert(
      fc.property(written, object, ({ value, text }, patch) => {
        const wanted = merge(value, patch);
        const first = run(awk, text, patch);
        if (isDeepStrictEqual(wanted, value)) {
          expect(first).toEqual({ status: 0, text: '' });
          return;
        }
        expect(first.status).toBe(1);
        const result: Json = JSON.parse(first.text);
        expect(isDeepStrictEqual(result, wanted)).toBe(true);
        expect(JSON.stringify(result)).toBe(JSON.stringify(wanted));
        expect(run(awk, first.text, patch)).toEqual({ status: 0, text: '' });
      }),
      { numRuns: 150 },
    );
  });

  it('removes keys', () => {
    fc.assert(
      fc.property(written, fc.array(key, { maxLength: 3 }), ({ value, text }, remove) => {
        const kept: Json = Object.fromEntries(
          Object.entries(isObject(value) ? value : {}).filter(([name]) => !remove.includes(name)),
        );
        const { status, text: after } = run(awk, text, {}, remove);
        expect(status).toBe(isDeepStrictEqual(kept, value) ? 0 : 1);
        if (status === 1) expect(JSON.parse(after)).toEqual(kept);
      }),
      { numRuns: 60 },
    );
  });

  it('judges broken documents as JavaScript does', () => {
    const cut = fc
      .tuple(
        written,
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '1', '-', 'e', '.', ' ', '\n'),
        fc.nat(2),
      )
      .map(([{ text }, at, piece, skip]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + piece + text.slice(place + skip);
      })
      .filter((text) => text.trim() !== '' && !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(cut, (text) => {
        const { status, text: said } = run(awk, text, {});
        let valid = true;
        try {
          const parsed: Json = JSON.parse(text);
          valid = isObject(parsed);
        } catch {
          valid = false;
        }
        expect(status).toBe(valid ? 0 : 2);
        if (!valid) expect(said).toMatch(/^line \d+: /);
      }),
      { numRuns: 150 },
    );
  });

  it('takes long strings, deep documents and many keys', () => {
    const deep = `${'{"a":['.repeat(30)}1${']}'.repeat(30)}`;
    const long = 'x"\\\u00e9'.repeat(20_000);
    const many = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`key ${String(index)}`, [index]]),
    );
    const document = `{"deep":${deep},"long":${JSON.stringify(long)},"many":${JSON.stringify(many)}}`;
    const { status, text } = run(awk, document, { new: true });
    expect(status).toBe(1);
    const parsed: { [key: string]: Json } = JSON.parse(document);
    expect(JSON.parse(text)).toEqual({ ...parsed, new: true });
  });
});

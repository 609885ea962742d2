import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProvisionError } from '../../../src/errors.js';
import { Masker } from '../../../src/report/mask.js';

const secret = fc
  .string({ minLength: 5, maxLength: 30, unit: 'grapheme-ascii' })
  .filter((text) => text.trim().length >= 5);

describe('masking', () => {
  it('hides a secret in every form in which text carries it', () => {
    fc.assert(
      fc.property(secret, fc.string(), (value, around) => {
        const masker = new Masker([value]);
        const trimmed = value.trim();
        const forms = [
          trimmed,
          JSON.stringify(trimmed),
          encodeURIComponent(trimmed),
          Buffer.from(trimmed).toString('base64'),
        ];
        for (const form of forms) {
          const masked = masker.mask(`[${around}]${form}[${around}]`);
          if (!around.includes(trimmed)) expect(masked).not.toContain(form);
        }
      }),
    );
  });

  it('hides the lines of a secret of several lines, each alone', () => {
    const masked = new Masker(['-----BEGIN KEY-----\nabcdefgh\n']).mask('got abcdefgh');
    expect(masked).toBe('got ********');
  });

  it('hides the longer of two secrets whole', () => {
    expect(new Masker(['pass', 'password1']).mask('password1')).toBe('********');
  });

  it('hides secrets that become known during a run', () => {
    const masker = new Masker();
    masker.add('later-secret');
    expect(masker.mask('a later-secret')).toBe('a ********');
  });

  it('reaches into events and errors', () => {
    const masker = new Masker(['hunter22']);
    const error = new ProvisionError('X', 'bad hunter22', { hint: 'not hunter22', exitCode: 4 });
    const masked = masker.maskAll({ list: ['x hunter22'], error, number: 1 });
    expect(masked).toMatchObject({ list: ['x ********'], number: 1 });
    expect(masked.error).toMatchObject({ message: 'bad ********', hint: 'not ********', exitCode: 4 });
  });
});

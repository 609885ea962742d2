import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProvisionError } from '../../../src/errors.js';
import { Masker } from '../../../src/report/mask.js';
import { eventMask } from '../../../src/report/mask-event.js';
import { quote } from '../../../src/shell/quote.js';
import { NOON, storyOf, taskEnd } from './events.js';

const secret = fc
  .string({ minLength: 5, maxLength: 30, unit: 'grapheme-ascii' })
  .filter((text) => text.trim().length >= 5);

describe('masking', () => {
  it.each<[string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['in JSON', (text) => JSON.stringify(text)],
    ['in an address', encodeURIComponent],
    ['in a form', (text) => new URLSearchParams({ a: text }).toString().slice(2)],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
    ['in a shell command', quote],
  ])('hides a secret %s', (_name, write) => {
    fc.assert(
      fc.property(secret, fc.stringMatching(/^[ ,.;]*$/), (value, around) => {
        const written = write(value.trim());
        const masked = new Masker([value]).mask(`${around}${written}${around}`);
        expect(masked).not.toContain(written);
      }),
    );
  });

  it('hides a password in the base64 of something longer, wherever it begins', () => {
    fc.assert(
      fc.property(secret, fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (value, user, end) => {
        const text = Buffer.from(`${user}:${value.trim()}${end}`).toString('base64');
        const masked = new Masker([value]).mask(text);
        const shown = masked
          .split('********')
          .map((part) => Buffer.from(part, 'base64').toString('latin1'))
          .join('');
        expect(masked).toContain('********');
        expect(shown).not.toContain(value.trim());
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

  it('leaves values of fewer than four characters: they would hide parts of ordinary words', () => {
    expect(new Masker(['abc', '']).mask('abc')).toBe('abc');
  });
});

describe('masking of events', () => {
  const mask = eventMask(new Masker(['hunter22']));

  it('reaches all text that a host or an error can bring', () => {
    const error = new ProvisionError('X', 'bad hunter22', { hint: 'not hunter22', exitCode: 4 });
    const pitfall = { id: 'p', line: 'hunter22', meaning: 'm', steps: [] };
    const place = { stage: 's', play: 'p', host: 'h', task: 't' };
    const events = [
      mask({ kind: 'unreachable', time: NOON, host: 'h', error }),
      mask({ kind: 'notice', time: NOON, host: undefined, text: 'x hunter22' }),
      mask({ kind: 'connection-lost', time: NOON, host: 'h', reason: 'hunter22' }),
      mask({ kind: 'task-output', time: NOON, ...place, title: 'hunter22', line: 'hunter22' }),
      mask(taskEnd('h', 't', 'failed', { difference: '+hunter22', output: 'hunter22', pitfall })),
      mask(taskEnd('h', 't', 'ok', { notes: ['the key is hunter22'] })),
    ];
    expect(JSON.stringify(events) + error.stack).toContain('********');
    for (const event of events) {
      expect(JSON.stringify(event)).not.toContain('hunter22');
      if (event.kind === 'unreachable') {
        expect(event.error.message + event.error.hint).toBe('bad ********not ********');
      }
    }
  });

  it('leaves names, ids and statuses: a password that is also a word changes nothing of what an event is about', () => {
    const words = ['docker', 'node1', 'failed', 'changed', 'task-end', 'notice', 'engine', 'unreachable'];
    const worded = eventMask(new Masker(words));
    const about = (event: object): unknown[] =>
      ['kind', 'host', 'stage', 'play', 'task', 'status', 'outcome', 'summary'].map(
        (key) => (event as Record<string, unknown>)[key],
      );
    for (const event of storyOf('up')) expect(about(worded(event))).toEqual(about(event));
  });
});

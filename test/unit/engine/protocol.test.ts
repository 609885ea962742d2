import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HostEvent, ProtocolReader } from '../../../src/engine/protocol.js';

function read(chunks: readonly Buffer[], offsets = { events: 0, out: 0 }) {
  const events: HostEvent[] = [];
  let output = '';
  const reader = new ProtocolReader(
    { onEvent: (event) => events.push(event), onOutput: (chunk) => (output += chunk.toString('latin1')) },
    offsets,
  );
  for (const chunk of chunks) reader.push(chunk);
  return { events, output, offsets: reader.offsets };
}

function frame(of: 'events' | 'out', content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`{"t":"frame","of":"${of}","n":${bytes.length}}\n`), bytes]);
}

/** Cuts a buffer at the given places. */
function cut(whole: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) => whole.subarray(from, at[index] ?? whole.length));
}

describe('the host protocol', () => {
  it('reads lines, output lines and frames', () => {
    const { events, output, offsets } = read([
      Buffer.from('{"t":"look","pid":7}\n|differs\n{"t":"check","i":0,"rc":1}\n'),
      frame('out', 'raw {"t":"end"}\n'),
      frame('events', '{"t":"end","rc":0,"o":16}\n'),
      Buffer.from('{"t":"done"}\n'),
    ]);
    expect(events.map(({ t }) => t)).toEqual(['look', 'check', 'end', 'done']);
    expect(output).toBe('differs\nraw {"t":"end"}\n');
    expect(offsets).toEqual({ events: 26, out: 16 });
  });

  it('gives the same whatever way the bytes are cut', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }).map((text) => frame('out', text)),
      fc.nat().map((n) => frame('events', `{"t":"start","i":${n},"o":0}\n`)),
      fc.string().map((text) => Buffer.from(`|${text.replaceAll('\n', ' ')}\n`)),
    );
    fc.assert(
      fc.property(fc.array(part), fc.array(fc.nat()), (parts, places) => {
        const whole = Buffer.concat(parts);
        expect(read(cut(whole, places))).toEqual(read([whole]));
      }),
    );
  });

  it('counts only whole events, so that following again from the offset loses and doubles none', () => {
    const lines = [
      '{"t":"start","i":0,"o":0}\n',
      '{"t":"check","i":0,"rc":0,"o":0}\n',
      '{"t":"end","rc":0,"o":0}\n',
    ];
    const file = lines.join('');
    fc.assert(
      fc.property(fc.nat(file.length + 30), (received) => {
        const first = read([frame('events', file).subarray(0, received)]);
        const second = read([frame('events', file.slice(first.offsets.events))], first.offsets);
        expect([...first.events, ...second.events].map(({ t }) => t)).toEqual(['start', 'check', 'end']);
      }),
    );
  });

  it('takes a line that is no event for output', () => {
    expect(read([Buffer.from('Welcome to node1\n{"t":broken\n')]).output).toBe(
      'Welcome to node1\n{"t":broken\n',
    );
  });
});

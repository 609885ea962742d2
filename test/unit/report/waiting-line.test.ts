import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WaitingLine } from '../../../src/report/waiting-line.js';
import { keepingOutput } from './outputs.js';

const CLEAR = '\r\u001b[2K';

function lineOn(isTerminal: boolean, columns = 80) {
  const output = keepingOutput({ isTerminal, columns });
  return { text: output.text, line: new WaitingLine(output) };
}

describe('the line that says who is waited for', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('comes after a moment, changes in its place, and goes', () => {
    const { text, line } = lineOn(true);
    line.update(['node1', 'node2']);
    vi.advanceTimersByTime(1900);
    expect(text()).toBe('');
    vi.advanceTimersByTime(200);
    line.update(['node2']);
    vi.advanceTimersByTime(1);
    line.update([]);
    expect(text()).toBe(`${CLEAR}waiting for node1, node2${CLEAR}waiting for node2${CLEAR}`);
  });

  it('stays within the width of the terminal', () => {
    const { text, line } = lineOn(true, 20);
    line.update(['a-host-of-a-long-name']);
    vi.advanceTimersByTime(3000);
    expect(text()).toBe(`${CLEAR}waiting for a-host-`);
  });

  it('is not there when all answer at once, nor without a terminal', () => {
    const quick = lineOn(true);
    quick.line.update(['node1']);
    quick.line.update([]);
    const piped = lineOn(false);
    piped.line.update(['node1']);
    vi.advanceTimersByTime(5000);
    expect(quick.text() + piped.text()).toBe('');
  });
});

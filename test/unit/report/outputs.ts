import type { Output } from '../../../src/cli/context.js';

/** An output that keeps what is written to it. */
export function keepingOutput(more: Partial<Output> = {}): Output & { readonly text: () => string } {
  let text = '';
  return {
    isTerminal: false,
    columns: 80,
    rows: 24,
    colour: false,
    ...more,
    write: (added) => (text += added),
    text: () => text,
  };
}

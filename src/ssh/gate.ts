/** Lets a stream through from the line after a mark; what came before it is kept for explanations. */
export interface Gate {
  readonly push: (chunk: Buffer) => void;
  readonly isOpen: () => boolean;
  /** What came before the mark, at most the last 64 KiB of it. */
  readonly before: () => string;
}

const KEPT = 64 * 1024;

/** @param onOpen called once, when the mark has come and before anything is let through. */
export function createGate(mark: string, take: (chunk: Buffer) => void, onOpen: () => void): Gate {
  const line = Buffer.from(`${mark}\n`);
  let open = false;
  let held = Buffer.alloc(0);
  return {
    isOpen: () => open,
    before: () => held.toString('utf8'),
    push(chunk) {
      if (open) return take(chunk);
      const all = Buffer.concat([held, chunk]);
      const at = all.indexOf(line);
      held = at < 0 ? all.subarray(-KEPT) : all.subarray(0, at);
      if (at < 0) return;
      open = true;
      onOpen();
      const rest = all.subarray(at + line.length);
      if (rest.length > 0) take(rest);
    },
  };
}

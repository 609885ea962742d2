/** Lets at most so many in at once; the others wait their turn, first come first served. Call what it returns to leave. */
export type Limit = (signal?: AbortSignal) => Promise<() => void>;

/** Makes a limit. Whoever's signal is aborted while waiting leaves the queue and gets the signal's reason. */
export function createLimit(most: number): Limit {
  let inside = 0;
  const queue: (() => void)[] = [];

  const leaveOnce = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside--;
      queue.shift()?.();
    };
  };
  return (signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const enter = (): void => {
        signal?.removeEventListener('abort', giveUp);
        inside++;
        resolve(leaveOnce());
      };
      const giveUp = (): void => {
        queue.splice(queue.indexOf(enter), 1);
        reject(signal?.reason);
      };
      if (inside < most) return enter();
      queue.push(enter);
      signal?.addEventListener('abort', giveUp, { once: true });
    });
}

/** One time limit over several steps; the time in which a person is asked or a turn is awaited does not count. */
export interface Deadline {
  /** Aborted when the time is up, with a `DeadlinePassed`, or when the caller's signal is, with its reason. */
  readonly signal: AbortSignal;
  /** What is being waited for, for the message: "waiting for the ssh greeting". */
  doing: string;
  /** Stops the clock while `wait` is pending. */
  pause<T>(wait: () => Promise<T>): Promise<T>;
  /** To be called when the work is done, so that no timer stays behind. */
  clear(): void;
}

/** The reason of a deadline's signal when the time is up. */
export class DeadlinePassed extends Error {
  readonly doing: string;
  constructor(doing: string) {
    super(`time is up while ${doing}`);
    this.doing = doing;
  }
}

/** @param milliseconds the time that all steps have together. */
export function createDeadline(milliseconds: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController();
  let left = milliseconds;
  let since = Date.now();
  let paused = 0;
  let timer: NodeJS.Timeout | undefined;
  const follow = (): void => controller.abort(signal?.reason);

  const deadline: Deadline = {
    signal: controller.signal,
    doing: 'connecting',
    async pause(wait) {
      if (paused++ === 0) {
        clearTimeout(timer);
        left -= Date.now() - since;
      }
      try {
        return await wait();
      } finally {
        if (--paused === 0) start();
      }
    },
    clear() {
      clearTimeout(timer);
      paused++;
      signal?.removeEventListener('abort', follow);
    },
  };
  function start(): void {
    since = Date.now();
    timer = setTimeout(() => controller.abort(new DeadlinePassed(deadline.doing)), Math.max(left, 0));
  }
  start();
  if (signal?.aborted) follow();
  signal?.addEventListener('abort', follow, { once: true });
  return deadline;
}

/** The promise, or a rejection with the signal's reason when that comes first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const settle =
      <V>(how: (value: V) => void) =>
      (value: V): void => {
        signal.removeEventListener('abort', abort);
        how(value);
      };
    promise.then(settle(resolve), settle(reject));
  });
}

/** Waits; rejects with the signal's reason. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return orAborted(waited, signal).finally(() => clearTimeout(timer));
}

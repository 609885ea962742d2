// What benchmarks share: the time of whole processes, and a table of both sides.
import { spawnSync } from 'node:child_process';

/** Milliseconds of a whole process; a run that fails is no measurement. */
export function time(what, command, args, options = {}) {
  const started = performance.now();
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const elapsed = performance.now() - started;
  if (result.status !== 0) throw new Error(`${what} failed:\n${result.stdout}\n${result.stderr}`);
  return { elapsed, stdout: result.stdout };
}

/** Seconds, median (least to most), and how much that is of one of the sides. @param results lists of milliseconds by side */
export function table(results, ours) {
  const sides = Object.entries(results).map(([side, times]) => {
    const range = `${seconds(Math.min(...times))} to ${seconds(Math.max(...times))}`;
    const ratio = (median(times) / median(results[ours])).toFixed(2);
    return `  ${side.padEnd(12)} ${seconds(median(times)).padStart(7)} (${range})  ${ratio}x`;
  });
  return [`seconds, median (least to most) of ${results[ours].length}; ratio to ${ours}`, ...sides].join(
    '\n',
  );
}

function seconds(ms) {
  return (ms / 1000).toFixed(2);
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

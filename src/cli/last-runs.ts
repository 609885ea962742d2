import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostSummary, RunSummary } from '../engine/events.js';

/** Records looked at before a host counts as never worked on. */
const MOST_RECORDS = 50;

/** How the last run on a host ended. */
export interface LastRun {
  /** Id of the run; begins with its time. */
  readonly run: string;
  readonly outcome: HostSummary['outcome'];
}

/**
 * The last run of each host, by the records on this machine. A run that concerned some hosts only says nothing of the others.
 * @param folder `.provision/<cluster>`
 */
export async function lastRuns(folder: string): Promise<ReadonlyMap<string, LastRun>> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch(() => []);
  const latest = names.filter((name) => /^\d{8}T/.test(name)).sort();
  const last = new Map<string, LastRun>();
  for (const run of latest.slice(-MOST_RECORDS)) {
    const hosts = await hostsOf(join(runs, run, 'summary.json'));
    for (const [host, summary] of Object.entries(hosts)) {
      if (wasWorkedOn(summary)) last.set(host, { run, outcome: summary.outcome });
    }
  }
  return last;
}

/** A run that was killed has no summary. */
async function hostsOf(path: string): Promise<RunSummary['hosts']> {
  try {
    return (JSON.parse(await readFile(path, 'utf8')) as RunSummary).hosts;
  } catch {
    return {};
  }
}

/** A look at what runs (`up --attach`) that found nothing is no run. */
function wasWorkedOn({ ok, changed, failed, skipped, outcome }: HostSummary): boolean {
  return ok + changed + failed + skipped > 0 || outcome !== 'ok';
}

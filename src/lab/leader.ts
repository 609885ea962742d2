import { readFile } from 'node:fs/promises';
import { processesIn } from './cgroups.js';
import { hostGroup } from './model.js';

/** The process on this machine that is PID 1 of a host; undefined while the host is off. */
export async function leaderOf(lab: string, host: string): Promise<number | undefined> {
  for (const pid of await processesIn(hostGroup(lab, host))) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const [, inside, deeper] = /^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? [];
    // A third number belongs to a container that runs on the host.
    if (inside === '1' && deeper === undefined) return pid;
  }
  return undefined;
}

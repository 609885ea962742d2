import { leaderOf } from './leader.js';
import { type Lab, openLab } from './model.js';
import { labNames } from './destroy.js';

export interface LabStatus {
  readonly name: string;
  /** Undefined when its creation was broken off; `destroyLab` removes it. */
  readonly lab: Lab | undefined;
  /** Names of the hosts that run. */
  readonly running: readonly string[];
}

/** All labs of this machine. */
export async function listLabs(): Promise<LabStatus[]> {
  const names = await labNames();
  return Promise.all(names.toSorted().map(statusOf));
}

async function statusOf(name: string): Promise<LabStatus> {
  const lab = await openLab(name).catch(() => undefined);
  const hosts = lab?.hosts ?? [];
  const leaders = await Promise.all(hosts.map((host) => leaderOf(name, host.name)));
  const running = hosts.filter((_, index) => leaders[index] !== undefined).map((host) => host.name);
  return { name, lab, running };
}

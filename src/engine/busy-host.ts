import { hostname, userInfo } from 'node:os';
import { ExitCode, ProvisionError } from '../errors.js';
import type { RunOwner } from './protocol.js';

/** This controller, as it names itself to hosts. */
export function thisOwner(run: string): RunOwner {
  return {
    run,
    user: userInfo().username,
    controller: hostname(),
    pid: process.pid,
    since: new Date().toISOString(),
  };
}

/** A run whose controller was on this machine and is dead: it ends by itself, so waiting for it is right. */
export function isOrphan(owner: RunOwner | null): boolean {
  return owner !== null && owner.controller === hostname() && !isAlive(owner.pid);
}

export function describeOwner(owner: RunOwner | null): string {
  if (owner === null) return 'a run whose owner is unknown';
  return `run ${owner.run} of ${owner.user} on ${owner.controller} (process ${owner.pid}), since ${owner.since}`;
}

export function hostLocked(host: string, owner: RunOwner | null): ProvisionError {
  return new ProvisionError('HOST_LOCKED', `${host} is held by ${describeOwner(owner)}.`, {
    host,
    exitCode: ExitCode.locked,
    hint: 'Wait until that run has ended, or watch it with "provision up INVENTORY --attach".',
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

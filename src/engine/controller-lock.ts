import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import { describeOwner, isOrphan, thisOwner } from './busy-host.js';
import type { RunOwner } from './protocol.js';

/**
 * Takes the controller's own lock on a cluster: two runs from one folder would only meet on the hosts.
 * A lock whose process is dead is taken over.
 * @param folder `.provision/<cluster>`
 * @returns what gives the lock back
 * @throws ProvisionError CLUSTER_LOCKED, exit code 6.
 */
export async function lockCluster(folder: string, run: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'lock');
  const mine = join(folder, `lock.${randomUUID()}`);
  await writeFile(mine, JSON.stringify(thisOwner(run)), { mode: 0o600 });
  try {
    await takeLock(path, mine);
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(path, { force: true });
}

/** A hard link is made whole or not at all, so no one reads half an owner. */
async function takeLock(path: string, mine: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await link(mine, path);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const owner = await readOwner(path);
    if (tries > 0 || !isOrphan(owner)) throw clusterLocked(owner, path);
    await rm(path, { force: true });
  }
}

async function readOwner(path: string): Promise<RunOwner | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RunOwner;
  } catch {
    return null;
  }
}

function clusterLocked(owner: RunOwner | null, path: string): ProvisionError {
  return new ProvisionError('CLUSTER_LOCKED', `This cluster is held by ${describeOwner(owner)}.`, {
    exitCode: ExitCode.locked,
    hint: `Wait until it has ended. If that process is on another machine and gone for good, remove ${path}.`,
  });
}

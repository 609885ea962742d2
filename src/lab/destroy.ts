import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { ExitCode, ProvisionError } from '../errors.js';
import { killGroup, removeGroup, removeParentGroup } from './cgroups.js';
import { removeBrokenImages } from './image.js';
import { labGroup } from './model.js';
import { networkDown, networksOf } from './network.js';
import { labFolder, STATE_ROOT } from './paths.js';
import { requireRoot } from './requirements.js';

/**
 * Removes a lab: its processes, network, control groups and files. It needs nothing to be whole: what a killed
 * `createLab` left goes the same way. The image that labs share stays in the cache.
 * @throws ProvisionError LAB_UNKNOWN when there is nothing of that name.
 */
export async function destroyLab(name: string): Promise<void> {
  requireRoot();
  const networks = await networksOf(name);
  if (!existsSync(labFolder(name)) && networks.length === 0) throw unknown(name);
  await killGroup(labGroup(name));
  await Promise.all([
    ...networks.map(networkDown),
    removeGroup(labGroup(name)),
    rm(labFolder(name), { recursive: true, force: true }),
    removeBrokenImages(),
  ]);
  await removeParentGroup();
}

/** The names of all labs of this machine, also of those whose creation was broken off. */
export async function labNames(): Promise<string[]> {
  const entries = await readdir(STATE_ROOT, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name);
}

function unknown(name: string): ProvisionError {
  return new ProvisionError('LAB_UNKNOWN', `There is no lab called ${name}.`, {
    hint: '`provision lab list` shows the labs of this machine.',
    exitCode: ExitCode.usage,
  });
}

import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import { freezeGroup, killGroup, thawGroup } from './cgroups.js';
import { runLocal } from './local.js';
import { hostGroup, type Lab, labGroup } from './model.js';
import { unplug } from './network.js';
import { hostFolder, labFolder } from './paths.js';
import { powerOnAll } from './power.js';

/** The folder of one host in a snapshot; it has the same shape as the host's own. */
export function snapshotFolder(lab: Lab, snapshot: string, host: string): string {
  return join(labFolder(lab.name), 'snapshots', snapshot, host);
}

/**
 * Copies what the hosts have written so far, while they are paused. A snapshot of the same name is replaced.
 * @param name lower-case letters, digits and dashes.
 */
export async function snapshotLab(lab: Lab, name = 'snapshot'): Promise<void> {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) {
    throw new ProvisionError('LAB_SNAPSHOT_NAME', `"${name}" cannot be the name of a snapshot.`, {
      hint: 'Use lower-case letters, digits and dashes.',
      exitCode: ExitCode.usage,
    });
  }
  const folder = join(labFolder(lab.name), 'snapshots', name);
  const copying = `${folder}.partial`;
  await rm(copying, { recursive: true, force: true });
  await freezeGroup(labGroup(lab.name));
  try {
    await Promise.all(
      lab.hosts.map(async (host) => copyState(hostFolder(lab.name, host.name), join(copying, host.name))),
    );
  } finally {
    await thawGroup(labGroup(lab.name));
  }
  await rm(folder, { recursive: true, force: true });
  await rename(copying, folder);
}

/**
 * Puts all hosts back to a snapshot and starts them: what they wrote since is lost, as after a power cut.
 * @param name the latest snapshot when left out.
 */
export async function restoreLab(lab: Lab, name?: string): Promise<void> {
  const snapshot = await findSnapshot(lab, name);
  await Promise.all(
    lab.hosts.map(async (host) => {
      await killGroup(hostGroup(lab.name, host.name));
      await unplug(host);
      const folder = hostFolder(lab.name, host.name);
      await Promise.all(STATE.map((part) => rm(join(folder, part), { recursive: true, force: true })));
      await copyState(snapshotFolder(lab, snapshot, host.name), folder);
    }),
  );
  await powerOnAll(lab);
}

/**
 * The name of a snapshot that exists: the one asked for, or the latest.
 * @throws ProvisionError LAB_SNAPSHOT_UNKNOWN
 */
export async function findSnapshot(lab: Lab, name?: string): Promise<string> {
  const folder = join(labFolder(lab.name), 'snapshots');
  const names = (await readdir(folder)).filter((each) => !each.endsWith('.partial'));
  if (name !== undefined && names.includes(name)) return name;
  if (name !== undefined || names.length === 0) {
    throw new ProvisionError('LAB_SNAPSHOT_UNKNOWN', `The lab ${lab.name} has no snapshot called ${name}.`, {
      hint: `It has ${names.join(', ')}.`,
      exitCode: ExitCode.usage,
    });
  }
  const made = await Promise.all(
    names.map(async (each) => ({ each, time: (await stat(join(folder, each))).ctimeMs })),
  );
  return made.toSorted((left, right) => right.time - left.time)[0]?.each ?? 'created';
}

/** What a host has written: its layer over the image, and its volumes. */
const STATE = ['upper', 'volumes'] as const;

async function copyState(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const parts = STATE.map((part) => join(from, part)).filter((part) => existsSync(part));
  if (parts.length > 0) await runLocal(['cp', '--archive', '--reflink=auto', '--', ...parts, `${to}/`]);
}

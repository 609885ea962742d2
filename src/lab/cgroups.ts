import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../errors.js';
import { errorCode } from './error-code.js';

const ROOT = '/sys/fs/cgroup';

/** Milliseconds for killed processes to be gone, and for a group to be frozen. */
const PATIENCE = 10_000;

/** True where the controllers are separate hierarchies (cgroup v1, also in hybrid set-ups). */
export function controllersAreSeparate(): boolean {
  return !existsSync(join(ROOT, 'cgroup.controllers'));
}

/**
 * Makes a control group in every hierarchy. Whatever runs for a lab is in one, so that `killGroup` finds it
 * however it was started and whoever started it.
 */
export async function createGroup(group: string): Promise<void> {
  for (const hierarchy of await hierarchies()) {
    const parts = group.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const folder = join(hierarchy, ...parts.slice(0, depth));
      if (hierarchy === ROOT) await enableControllers(dirname(folder));
      await mkdir(folder, { recursive: true });
      if (existsSync(join(folder, 'cpuset.cpus')) && hierarchy !== ROOT) await inheritCpuset(folder);
    }
  }
}

/** Every process in a group and the groups below it. */
export async function processesIn(group: string): Promise<number[]> {
  const found = new Set<number>();
  for (const folder of await foldersOf(group)) {
    const text = await readFile(join(folder, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const line of text.split('\n')) if (line !== '') found.add(Number(line));
  }
  return [...found];
}

/** Kills every process in a group with SIGKILL and waits until they are gone. Frozen ones are thawed. */
export async function killGroup(group: string): Promise<void> {
  await thawGroup(group);
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const processes = await processesIn(group);
    if (processes.length === 0) return;
    if (Date.now() > deadline) {
      throw new ProvisionError(
        'LAB_KILL',
        `Processes of the lab did not end when killed: ${processes.join(', ')}.`,
      );
    }
    for (const pid of processes) kill(pid);
    await sleep(10);
  }
}

/** Removes a group without processes, and the groups below it. */
export async function removeGroup(group: string): Promise<void> {
  const folders = await foldersOf(group);
  for (const folder of folders.toReversed()) await removeFolder(folder);
}

/** Removes what holds the groups of all labs, unless there is one. */
export async function removeParentGroup(): Promise<void> {
  const tops = (await hierarchies()).map((hierarchy) => join(hierarchy, 'provision-lab'));
  await Promise.all(tops.map((top) => rmdir(top).catch(() => undefined)));
}

/** Stops every process in a group where it stands, until `thawGroup`. Does nothing without the freezer controller. */
export async function freezeGroup(group: string): Promise<void> {
  const control = freezerOf(group);
  if (!control) return;
  const deadline = Date.now() + PATIENCE;
  await writeFile(control.file, control.freeze);
  while (!(await readFile(control.state, 'utf8')).includes(control.frozen)) {
    if (Date.now() > deadline) {
      throw new ProvisionError('LAB_FREEZE', 'The hosts of the lab could not be paused for the snapshot.');
    }
    await sleep(10);
  }
}

/** Lets a frozen group go on; harmless otherwise. */
export async function thawGroup(group: string): Promise<void> {
  const control = freezerOf(group);
  if (control) await writeFile(control.file, control.thaw);
}

interface Freezer {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  readonly state: string;
  readonly frozen: string;
}

function freezerOf(group: string): Freezer | undefined {
  const v1 = join(ROOT, 'freezer', group, 'freezer.state');
  if (existsSync(v1)) return { file: v1, freeze: 'FROZEN', thaw: 'THAWED', state: v1, frozen: 'FROZEN' };
  const v2 = join(ROOT, group, 'cgroup.freeze');
  if (!existsSync(v2)) return undefined;
  return { file: v2, freeze: '1', thaw: '0', state: join(ROOT, group, 'cgroup.events'), frozen: 'frozen 1' };
}

async function hierarchies(): Promise<string[]> {
  if (!controllersAreSeparate()) return [ROOT];
  const entries = await readdir(ROOT, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(ROOT, entry.name));
  return folders.filter((folder) => existsSync(join(folder, 'cgroup.procs')));
}

/** The group's folder in each hierarchy and all folders below, parents first. */
async function foldersOf(group: string): Promise<string[]> {
  const tops = (await hierarchies()).map((hierarchy) => join(hierarchy, group));
  const trees = await Promise.all(tops.filter((top) => existsSync(top)).map(treeOf));
  return trees.flat();
}

async function treeOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const below = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => treeOf(join(folder, entry.name)));
  return [folder, ...(await Promise.all(below)).flat()];
}

async function enableControllers(folder: string): Promise<void> {
  const names = (await readFile(join(folder, 'cgroup.controllers'), 'utf8')).split(/\s+/);
  for (const name of names.filter(Boolean)) {
    // One that cannot be handed down (in use elsewhere, or real-time tasks present) is merely not available in the lab.
    await writeFile(join(folder, 'cgroup.subtree_control'), `+${name}`).catch(() => undefined);
  }
}

/** A new v1 cpuset is empty and takes no process until it has processors and memory. */
async function inheritCpuset(folder: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const inherited = await readFile(join(dirname(folder), file), 'utf8');
    await writeFile(join(folder, file), inherited.trim());
  }
}

/** The kernel may still be busy with processes that have just ended. */
async function removeFolder(folder: string): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const failure = await rmdir(folder).then(
      () => undefined,
      (error: NodeJS.ErrnoException) => error,
    );
    if (!failure || failure.code === 'ENOENT') return;
    if (failure.code !== 'EBUSY' || Date.now() > deadline) throw failure;
    await sleep(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

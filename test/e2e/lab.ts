import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedFiles } from '../../src/lab/changes.js';
import { createLab } from '../../src/lab/create.js';
import { destroyLab, labNames } from '../../src/lab/destroy.js';
import { labExec } from '../../src/lab/exec.js';
import { writeInventory } from '../../src/lab/inventory-file.js';
import { labHost } from '../../src/lab/model.js';
import { cutNetwork, healNetwork } from '../../src/lab/network.js';
import { powerOff, powerOn } from '../../src/lab/power.js';
import { restoreLab, snapshotLab } from '../../src/lab/snapshot.js';
import { provision } from './provision.js';

/** A lab of a test, its inventory `lab.yaml` in a folder of its own. */
export interface E2eLab {
  readonly folder: string;
  readonly hosts: readonly string[];
  readonly lockedPassword: string;
  readonly address: (host: string) => string;
  readonly exec: (
    host: string,
    argv: readonly string[],
  ) => Promise<{ stdout: string; stderr: string; code: number }>;
  /** Remembers the hosts as they are, by a name where there is to be more than one. */
  readonly snapshot: (name?: string) => Promise<void>;
  /** Puts the hosts back, and starts them again. */
  readonly restore: (name?: string) => Promise<void>;
  /** Paths changed since the latest snapshot. */
  readonly changedFiles: (host: string) => Promise<string[]>;
  readonly powerOff: (host: string) => Promise<void>;
  readonly powerOn: (host: string) => Promise<void>;
  readonly cutNetwork: (host: string) => Promise<void>;
  readonly healNetwork: (host: string) => Promise<void>;
  /** Another folder with the same inventory: another controller, as far as the program can tell. */
  readonly otherFolder: () => Promise<string>;
  /** Files below the folder (run records among them) that hold a text. */
  readonly grepController: (text: string) => Promise<string>;
  readonly destroy: () => Promise<void>;
}

/** Freshly booted hosts. A lab of the same name that an earlier run left behind is removed first. */
export async function e2eLab(name: string, hosts: number, suite = 'bookworm'): Promise<E2eLab> {
  const full = `e2e-${name}`;
  if ((await labNames()).includes(full)) await destroyLab(full);
  const lab = await createLab({ name: full, hosts, suite, report: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), `provision-${full}-`));
  await writeInventory(lab, join(folder, 'lab.yaml'));
  let folders = 0;
  return {
    folder,
    hosts: lab.hosts.map((host) => host.name),
    lockedPassword: lab.lockedPassword,
    address: (host) => labHost(lab, host).address,
    exec: (host, argv) => labExec(lab, host, argv),
    snapshot: (snapshot = 'test') => snapshotLab(lab, snapshot),
    restore: (snapshot = 'test') => restoreLab(lab, snapshot),
    changedFiles: async (host) => (await changedFiles(lab, host)).map(({ path }) => path),
    powerOff: (host) => powerOff(lab, host),
    powerOn: (host) => powerOn(lab, host),
    cutNetwork: (host) => cutNetwork(labHost(lab, host)),
    healNetwork: (host) => healNetwork(labHost(lab, host)),
    otherFolder: async () => {
      folders += 1;
      const other = join(folder, `other-${folders}`);
      await mkdir(other);
      await writeInventory(lab, join(other, 'lab.yaml'));
      return other;
    },
    grepController: async (text) => spawnSync('grep', ['-rlF', text, folder], { encoding: 'utf8' }).stdout,
    destroy: async () => {
      await destroyLab(full);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Hosts that have been brought to their state. */
export async function provisionedLab(name: string, hosts: number): Promise<E2eLab> {
  const lab = await e2eLab(name, hosts);
  const outcome = await provision(lab.folder, [
    'up',
    'lab.yaml',
    '--to',
    'docker',
    '--yes',
    '--output',
    'plain',
  ]);
  if (outcome.code === 0) return lab;
  await lab.destroy();
  throw new Error(`the first up failed:\n${outcome.stdout}\n${outcome.stderr}`);
}

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { arch } from 'node:os';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../../errors.js';
import { createGroup, killGroup, removeGroup, removeParentGroup } from '../cgroups.js';
import { ensureImage } from '../image.js';
import { CACHE_ROOT, scriptPath } from '../paths.js';
import { type Report, requireLabPackages, requireRoot } from '../requirements.js';
import { build } from './build.js';
import { lines, parseIndex } from './image-names.js';
import { cacheKey, ingredients } from './key.js';
import { withLock } from './lock.js';
import { parsePackages } from './packages-index.js';
import { IMAGES, MODULES, PROGRAMS, SUITE, VERSION } from './recipe.js';

/** No lab is called so, because it begins with a dot. Only who has the lock is in it. */
const GROUP = 'provision-lab/.kubernetes';

/** Packages without which there is no cluster. */
const PACKAGES = ['kubeadm', 'kubelet', 'kubectl', 'cri-tools', 'kubernetes-cni'];

export interface KubernetesArtefacts {
  /**
   * Holds `packages`, a flat apt repository, and `images`, archives of images: `index.txt` says which has which name,
   * `kubeadm.txt` which names kubeadm wants.
   */
  readonly folder: string;
  readonly version: string;
}

/**
 * The packages and images of Kubernetes for lab hosts: made once from Debian's source (about nine minutes on two
 * cores), then found by a key over everything that they were made from.
 * @param signal breaks the making off; nothing of it is left.
 * @throws ProvisionError LAB_ROOT, LAB_PACKAGES, LAB_COMMAND, LAB_INTERRUPTED
 */
export async function ensureKubernetes(report: Report, signal?: AbortSignal): Promise<KubernetesArtefacts> {
  requireRoot();
  const recipe = [VERSION, SUITE, arch(), PROGRAMS, MODULES, IMAGES];
  const key = cacheKey(recipe, await ingredients(scriptPath('kubernetes')));
  const folder = join(CACHE_ROOT, `kubernetes-${key}`);
  if (!existsSync(folder)) await make(folder, report, signal);
  await tellMissing(folder, report);
  return { folder, version: VERSION };
}

async function make(folder: string, report: Report, signal: AbortSignal | undefined): Promise<void> {
  await requireLabPackages();
  await mkdir(CACHE_ROOT, { recursive: true, mode: 0o755 });
  const lock = join(CACHE_ROOT, 'kubernetes.lock');
  const wait = (): void => report("Waiting for another process that is making the lab's Kubernetes");
  const stop = (): void => void killGroup(GROUP);
  try {
    await withLock(lock, wait, signal, async () => {
      if (existsSync(folder)) return;
      signal?.addEventListener('abort', stop);
      await makeAlone(folder, report, signal);
    });
  } catch (error) {
    throw signal?.aborted === true ? interrupted() : error;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

/** Makes a folder under the lock: what processes of others are in the group, and what they made, is left over. */
async function makeAlone(folder: string, report: Report, signal: AbortSignal | undefined): Promise<void> {
  await killGroup(GROUP);
  await removeHalfMade();
  await createGroup(GROUP);
  const half = `${folder}.making`;
  const shop = join(half, 'workshop');
  await mkdir(shop, { recursive: true });
  try {
    report(`Making Kubernetes ${VERSION} for lab hosts from Debian's source, once: about nine minutes`);
    const image = await ensureImage(SUITE, shop, GROUP, report);
    await build({ folder: shop, lower: join(image, 'root'), group: GROUP, report, signal }, half);
    await rm(shop, { recursive: true });
    await checkFolder(half);
    await rename(half, folder);
  } finally {
    await killGroup(GROUP);
    await removeGroup(GROUP);
    await removeParentGroup();
    await removeHalfMade();
  }
}

async function removeHalfMade(): Promise<void> {
  const names = await readdir(CACHE_ROOT);
  const half = names.filter((name) => name.startsWith('kubernetes-') && name.endsWith('.making'));
  await Promise.all(half.map((name) => rm(join(CACHE_ROOT, name), { recursive: true })));
}

/**
 * Sees that the packages and their files are there.
 * @throws ProvisionError LAB_COMMAND
 */
async function checkFolder(folder: string): Promise<void> {
  const packages = parsePackages(await readFile(join(folder, 'packages/Packages'), 'utf8'));
  const there = packages.filter(({ file }) => existsSync(join(folder, 'packages', file)));
  const missing = PACKAGES.filter((name) => !there.some((each) => each.name === name));
  if (missing.length === 0) return;
  throw new ProvisionError(
    'LAB_COMMAND',
    `The index of the packages of Kubernetes lacks ${missing.join(', ')}.`,
  );
}

/** Says which images kubeadm will miss because a Go module could not be had. */
async function tellMissing(folder: string, report: Report): Promise<void> {
  const [index, wanted] = await Promise.all(
    ['index.txt', 'kubeadm.txt'].map((name) => readFile(join(folder, 'images', name), 'utf8')),
  );
  const made = parseIndex(index ?? '');
  const missing = lines(wanted ?? '').filter((name) => !made.has(name));
  if (missing.length === 0) return;
  report(
    `The Go module proxy could not be reached when ${folder} was made, so it lacks ${missing.join(', ')}.`,
  );
  report('  Remove that folder to try again.');
}

function interrupted(): ProvisionError {
  return new ProvisionError('LAB_INTERRUPTED', "The lab's Kubernetes was not made; nothing of it is left.", {
    exitCode: ExitCode.interrupted,
  });
}

import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { joinGroup } from '../join-group.js';
import { type LocalResult, runLocal } from '../local.js';
import { scriptPath } from '../paths.js';
import type { Report } from '../requirements.js';
import { type Layer, layerOf, writeArchive } from './image-archive.js';
import { indexText, lines, namesOf } from './image-names.js';
import { IMAGES, type ImageRecipe, MODULES, type ModuleProgram, PROGRAMS, SUITE, VERSION } from './recipe.js';

/** Seconds for one step; compiling a program takes a minute or two on two cores. */
const STEP_PATIENCE = 1800;

/** Where and with what the artefacts are made. */
export interface Workshop {
  /** Everything that is written is below it. */
  readonly folder: string;
  /** Root file system of the lab's image of `SUITE`; only read. */
  readonly lower: string;
  /** Control group of whatever runs. */
  readonly group: string;
  readonly report: Report;
  readonly signal: AbortSignal | undefined;
}

/** Makes the folders `packages` and `images` in `target`, on the file system of the workshop. */
export async function build(shop: Workshop, target: string): Promise<void> {
  const tell = stepCounter(PROGRAMS.length + MODULES.length + 3, shop);
  tell("compilers and Debian's source of Kubernetes");
  await inRoot(shop, 'prepare.sh', [VERSION]);
  for (const program of PROGRAMS) {
    tell(program);
    await inRoot(shop, 'compile.sh', [VERSION, program]);
  }
  for (const module of MODULES) {
    tell(module.program);
    await compileModule(shop, module);
  }
  tell('packages');
  await inRoot(shop, 'make-packages.sh', [VERSION]);
  tell('images');
  await makeBase(shop);
  await inRoot(shop, 'make-layers.sh', [VERSION]);
  await writeImages(join(shop.folder, 'out'));
  for (const result of ['packages', 'images']) {
    await rename(join(shop.folder, 'out', result), join(target, result));
  }
}

/** Tells the steps by their number, and is where an interrupted build ends. */
function stepCounter(steps: number, { report, signal }: Workshop): (step: string) => void {
  let number = 0;
  return (step) => {
    signal?.throwIfAborted();
    number += 1;
    report(`  ${number} of ${steps}: ${step}`);
  };
}

async function compileModule(shop: Workshop, recipe: ModuleProgram): Promise<void> {
  const cgo = recipe.cgo === true ? '1' : '0';
  const words = [recipe.program, recipe.module, recipe.package, recipe.variable ?? '', cgo];
  const script = [...words, ...(recipe.replacements ?? [])];
  const result = await inRoot(shop, 'compile-module.sh', script, { allowFailure: true });
  if (result.code === 0) return;
  const reason = result.stderr.trim().split('\n').at(-1) ?? '';
  shop.report(`  ${recipe.module} cannot be had here, so the lab goes without ${recipe.program}: ${reason}`);
}

async function makeBase(shop: Workshop): Promise<void> {
  const layer = join(shop.folder, 'out/layers/base.tar');
  await inGroup(shop, ['sh', scriptPath('kubernetes/make-base.sh'), shop.lower, SUITE, layer]);
}

/** Runs a script of `guest` in the build's own root file system. */
async function inRoot(
  shop: Workshop,
  script: string,
  words: readonly string[],
  options: { readonly allowFailure?: boolean } = {},
): Promise<LocalResult> {
  const enter = scriptPath('kubernetes/enter-root.sh');
  const file = scriptPath(join('kubernetes/guest', script));
  const apart = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    enter,
    shop.folder,
    shop.lower,
    file,
  ];
  return inGroup(shop, [...apart, ...words], options);
}

async function inGroup(
  shop: Workshop,
  argv: readonly string[],
  options: { readonly allowFailure?: boolean } = {},
): Promise<LocalResult> {
  const bounded = ['timeout', '--signal=KILL', String(STEP_PATIENCE), 'nice', '-n', '10', ...argv];
  const result = await runLocal(joinGroup(shop.group, bounded), options);
  shop.signal?.throwIfAborted();
  return result;
}

/** Writes the archives of all images whose layers are there, and the list of their names. */
async function writeImages(out: string): Promise<void> {
  const wanted = lines(await readFile(join(out, 'wanted'), 'utf8'));
  const architecture = (await runLocal(['dpkg', '--print-architecture'])).stdout.trim();
  await mkdir(join(out, 'images'));
  const index = new Map<string, string>();
  for (const recipe of IMAGES) {
    const layers = await layersOf(out, recipe);
    if (!layers) continue;
    const names = [...namesOf(recipe.image, wanted), ...(recipe.names ?? [])];
    const file = `${recipe.image}.tar`;
    const image = { ...recipe, names, architecture, layers };
    await writeArchive(image, join(out, 'archive'), join(out, 'images', file));
    for (const name of names) index.set(name, file);
  }
  await writeFile(join(out, 'images/index.txt'), indexText(index));
  await copyFile(join(out, 'wanted'), join(out, 'images/kubeadm.txt'));
}

/** The layers of an image, if each was made. */
async function layersOf(out: string, recipe: ImageRecipe): Promise<Layer[] | undefined> {
  const files = recipe.layers.map((layer) => join(out, 'layers', `${layer}.tar`));
  return files.every((file) => existsSync(file)) ? Promise.all(files.map(layerOf)) : undefined;
}

import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { CephImage } from '../../src/inventory/ceph-settings.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { AFTER_PACKAGES, ASK, ASK_TIMEOUT } from './ask.js';
import type { CephContext } from './context.js';
import { namedIds } from './named-ids.js';
import { bytesOf } from './osd/size.js';
import { poolIds } from './pools.js';
import { mappableFeatures, REMOVABLE } from './rbd-features.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./images.sh', import.meta.url), 'utf8')));

const MIB = 1024 ** 2;

/** The images of the inventory exist. One that is there is never changed: somebody's data is in it. */
export function imageTasks(context: CephContext): readonly Task[] {
  const { images } = context.inventory.ceph;
  const ids = namedIds('ceph-image', images.map(nameOf));
  return images.map((image) => imageTask(image, ids.get(nameOf(image)) ?? '', context));
}

/** What a new image gets: what the inventory says, or what every host that maps images supports. */
export function imageFeatures(image: CephImage, context: CephContext): readonly string[] | undefined {
  return image.features ?? mappableFeatures(context);
}

function imageTask(image: CephImage, id: string, context: CephContext): Task {
  const { pool, name } = image;
  const bytes = imageBytes(image);
  const pools = poolIds(context);
  const json = (value: readonly string[] | undefined) => JSON.stringify(value ?? null);
  const judged = [bytes, json(mappableFeatures(context)), json(image.features), json(REMOVABLE)];
  return command({
    id,
    title: `the image ${nameOf(image)} is there`,
    after: [...AFTER_PACKAGES, ...(pools.has(pool) ? [pools.get(pool) ?? ''] : [])],
    prevents: ['rbd-features', 'rbd-image-missing'],
    timeout: { check: ASK_TIMEOUT },
    check: sh`${FUNCTIONS}
check_image ${[pool, name, ...judged]}`,
    apply: sh`${FUNCTIONS}
apply_image ${[pool, name, createSize(bytes), ...(imageFeatures(image, context) ?? [])]}`,
  });
}

/** As rbd takes it: a number without a unit is MiB. */
function imageBytes({ size }: CephImage): number {
  return bytesOf(/^\d+$/.test(size) ? `${size}M` : size);
}

/** In a form that rbd of every release reads. */
function createSize(bytes: number): string {
  return bytes % MIB === 0 ? String(bytes / MIB) : `${String(bytes)}B`;
}

function nameOf({ pool, name }: CephImage): string {
  return `${pool}/${name}`;
}

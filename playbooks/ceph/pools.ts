import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { CephPool } from '../../src/inventory/ceph-settings.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { AFTER_PACKAGES, ASK, ASK_TIMEOUT } from './ask.js';
import type { CephContext } from './context.js';
import { filesystemPools } from './filesystem-pools.js';
import { namedIds } from './named-ids.js';
import { minSize, poolSize } from './pool-size.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./pools.sh', import.meta.url), 'utf8')));

/** Where `ceph osd pool create` must be told: enough for a handful of OSDs, and it can be raised. */
const PG_NUM = 32;

/** One for images when the inventory names no pool and there is no file system: a cluster without a pool is of no use. */
const DEFAULT_POOL: CephPool = { name: 'rbd', application: 'rbd', size: undefined, pgNum: undefined };

/** The pools of the inventory, without those that the file system brings. */
export function poolsOf({ inventory, members }: CephContext): readonly CephPool[] {
  const { pools } = inventory.ceph;
  return pools.length > 0 || members.mdss.length > 0 ? pools : [DEFAULT_POOL];
}

/** The pools exist, with their copies and what they are for. */
export function poolTasks(context: CephContext): readonly Task[] {
  return tasksFor(poolsOf(context), context);
}

export function tasksFor(pools: readonly CephPool[], context: CephContext): readonly Task[] {
  const ids = poolIds(context);
  return pools.map((pool) => poolTask(pool, ids.get(pool.name) ?? '', context));
}

/** Ids of the tasks that make the pools, those of the file system among them, by name. */
export function poolIds(context: CephContext): ReadonlyMap<string, string> {
  const { data, metadata } = filesystemPools(context) ?? {};
  const names = [...poolsOf(context).map(({ name }) => name), data, metadata];
  return namedIds(
    'ceph-pool',
    names.filter((name) => name !== undefined),
  );
}

function poolTask(pool: CephPool, id: string, context: CephContext): Task {
  const { inventory, release } = context;
  const size = pool.size ?? poolSize(context);
  const declared = (pool.size ?? inventory.ceph.poolSize) === undefined ? 'no' : 'yes';
  const application = release.application ? pool.application : '';
  const pgNum = pool.pgNum ?? '';
  const words = [pool.name, size, minSize(size), declared, application, pgNum];
  const newPgNum = release.needsPgNum ? (pool.pgNum ?? PG_NUM) : pgNum;
  return command({
    id,
    title: `the pool ${pool.name} is there, with ${size === 1 ? 'one copy' : `${String(size)} copies`} of each object`,
    after: AFTER_PACKAGES,
    prevents: ['ceph-pool-size'],
    timeout: { check: ASK_TIMEOUT, apply: 300 },
    check: sh`${FUNCTIONS}
check_pool ${words}`,
    apply: sh`${FUNCTIONS}
apply_pool ${[...words, newPgNum, release.number]}`,
  });
}

import { readFileSync } from 'node:fs';
import type { Play } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { AFTER_PACKAGES, ASK } from './ask.js';
import { clientTasks } from './clients.js';
import type { CephContext } from './context.js';
import { filesystemTasks } from './filesystem.js';
import { HEALTH_CODES } from './health-codes.js';
import { imageTasks } from './images.js';
import { poolTasks } from './pools.js';
import { writeAndRead } from './write-read.js';

const FUNCTIONS = lines(ASK, rawScript(readFileSync(new URL('./health.sh', import.meta.url), 'utf8')));

const DAEMONS = 'ceph-daemons';
/** Seconds in which daemons that were started must be seen. */
const DAEMONS_DEADLINE = 120;
/** Seconds in which all placement groups must be active and clean, and what passes by itself must have passed. */
const HEALTH_DEADLINE = 300;
/** Seconds that one more question may take after the deadline. */
const LAST_ANSWER = 60;

/** That the cluster is whole, well, and keeps what is given to it. */
export function proofPlays(context: CephContext): readonly Play[] {
  return [
    {
      id: 'ceph-proof',
      title: 'The cluster is healthy and keeps data',
      hosts: [context.members.admin],
      tasks: () => [daemonsThere(context), healthy(context), writeAndRead(context)],
    },
  ];
}

function daemonsThere(context: CephContext): Task {
  const { members, release } = context;
  const osds = Object.fromEntries(members.osds.map(({ name, osds: own }) => [name, own.length]));
  const mgrs = release.mgr ? namesOf(members.mgrs) : [];
  const what = [namesOf(members.mons), mgrs, namesOf(members.mdss), osds];
  const purge =
    release.number < 12
      ? 'ceph osd crush remove osd.ID, ceph auth del osd.ID, ceph osd rm ID'
      : 'ceph osd purge ID --yes-i-really-mean-it';
  return command({
    id: DAEMONS,
    title: 'the monitors have a quorum, and the OSDs of the inventory are up and in',
    after: [...AFTER_PACKAGES, ...daemonTasks(context)],
    prevents: ['ceph-osd-down-after-activate'],
    timeout: { check: DAEMONS_DEADLINE + LAST_ANSWER },
    check: sh`${FUNCTIONS}
check_daemons ${[DAEMONS_DEADLINE, ...what.map((each) => JSON.stringify(each)), purge]}`,
  });
}

function healthy(context: CephContext): Task {
  return command({
    id: 'ceph-healthy',
    title: 'all data can be read and written, and nothing that matters is wrong',
    after: [...AFTER_PACKAGES, ...daemonTasks(context), ...contentIds(context), DAEMONS],
    prevents: ['ceph-pool-size'],
    timeout: { check: HEALTH_DEADLINE + LAST_ANSWER },
    check: sh`${FUNCTIONS}
check_health ${[HEALTH_DEADLINE, JSON.stringify(HEALTH_CODES)]}`,
  });
}

/** While these have something to do, how well the cluster will be is not known. */
function contentIds(context: CephContext): readonly string[] {
  const contents = [poolTasks, filesystemTasks, imageTasks, clientTasks];
  return contents.flatMap((tasks) => tasks(context)).map(({ id }) => id);
}

/** Tasks of other hosts that bring daemons back: while they have something to do, what the cluster says is of before. */
function daemonTasks({ members }: CephContext): readonly string[] {
  const due = (hosts: readonly Host[], task: string) => hosts.map(({ name }) => `${name}:${task}`);
  return [
    ...due(members.mons, 'ceph-mon-service'),
    ...due(members.mgrs, 'ceph-mgr-service'),
    ...due(members.mdss, 'ceph-mds-service'),
    ...members.osds.flatMap(({ name, osds }) => osds.map((_, index) => `${name}:ceph-osd-${index}-up`)),
  ];
}

function namesOf(hosts: readonly Host[]): readonly string[] {
  return hosts.map(({ name }) => name);
}

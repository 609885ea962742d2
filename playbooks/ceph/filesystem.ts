import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { CephPool } from '../../src/inventory/ceph-settings.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { AFTER_PACKAGES, ASK, ASK_TIMEOUT } from './ask.js';
import type { CephContext } from './context.js';
import { type FilesystemPools, filesystemPools } from './filesystem-pools.js';
import { poolIds, tasksFor } from './pools.js';

const read = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');
const FUNCTIONS = lines(ASK, rawScript(read('./filesystem.sh')));
const FOLDERS = read('./folders.py');

/** Seconds in which an MDS must be active. */
const DEADLINE = 120;

export const FILESYSTEM = 'ceph-filesystem';

/** The file system, served and with the folders that clients were promised, when a host has the role mds. */
export function filesystemTasks(context: CephContext): readonly Task[] {
  const pools = filesystemPools(context);
  if (pools === undefined) return [];
  const paths = clientPaths(context);
  return [
    ...tasksFor(unlisted([pools.data, pools.metadata], context), context),
    filesystem(pools, context),
    ...(paths.length === 0 ? [] : [folders(paths, context)]),
  ];
}

/** Those pools that the inventory does not list itself. */
function unlisted(names: readonly string[], { inventory }: CephContext): readonly CephPool[] {
  const listed = inventory.ceph.pools.map(({ name }) => name);
  return names
    .filter((name) => !listed.includes(name))
    .map((name) => ({ name, application: 'cephfs', size: undefined, pgNum: undefined }));
}

function filesystem({ metadata, data }: FilesystemPools, context: CephContext): Task {
  const { inventory, members } = context;
  const name = inventory.ceph.filesystem;
  const words = [name, JSON.stringify(members.mdss.map((host) => host.name))];
  return command({
    id: FILESYSTEM,
    title: `the file system ${name} is served by an active MDS`,
    after: [...AFTER_PACKAGES, ...poolIds(context).values()],
    prevents: ['cephfs-no-mds'],
    timeout: { check: ASK_TIMEOUT, apply: DEADLINE + 180 },
    check: sh`${FUNCTIONS}
check_filesystem ${words}`,
    apply: sh`${FUNCTIONS}
apply_filesystem ${[...words, metadata, data, DEADLINE]}`,
  });
}

function folders(paths: readonly string[], { inventory }: CephContext): Task {
  const call = (verb: string) => sh`${FUNCTIONS}
folders ${[verb, inventory.ceph.filesystem, FOLDERS, ...paths]}`;
  return command({
    id: 'ceph-filesystem-folders',
    title: `the file system has ${paths.join(', ')}`,
    after: [...AFTER_PACKAGES, FILESYSTEM],
    prevents: ['cephfs-no-mds'],
    timeout: { check: ASK_TIMEOUT },
    check: call('look'),
    apply: call('make'),
  });
}

function clientPaths({ inventory }: CephContext): readonly string[] {
  const paths = inventory.ceph.clients.flatMap(({ path }) => (path === undefined ? [] : [path]));
  return [...new Set(paths)].filter((path) => path !== '/').sort();
}

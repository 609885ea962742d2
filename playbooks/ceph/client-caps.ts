import type { CephClient } from '../../src/inventory/ceph-settings.js';
import type { CephContext } from './context.js';
import { filesystemPools } from './filesystem-pools.js';

/** What a client may do with each kind of daemon, as `ceph auth caps` takes it. */
export type ClientCaps = Readonly<Partial<Record<'mon' | 'mgr' | 'mds' | 'osd', string>>>;

const LUMINOUS = 12;
/** The first release whose managers know `profile rbd`. */
const OCTOPUS = 15;
/** The first release whose rights name the file system. */
const PACIFIC = 16;

/** The least rights with which the client can use its pools and its path: pitfall ceph-k8s-admin-user. */
export function clientCaps(client: CephClient, context: CephContext): ClientCaps {
  const { release } = context;
  const parts = [
    ...(client.pools.length === 0
      ? []
      : [release.profiles ? rbdCaps(client, context) : oldRbdCaps(client, context)]),
    ...(client.path === undefined ? [] : [pathCaps(client.path, context)]),
  ];
  const joined = (['mon', 'mgr', 'mds', 'osd'] as const).flatMap((daemon) => {
    const rights = [...new Set(parts.flatMap((part) => part[daemon] ?? []))];
    return rights.length === 0 ? [] : [[daemon, rights.join(', ')] as const];
  });
  return Object.fromEntries(joined);
}

type Rights = Readonly<Partial<Record<'mon' | 'mgr' | 'mds' | 'osd', readonly string[]>>>;

function rbdCaps({ pools }: CephClient, { release }: CephContext): Rights {
  const each = pools.map((pool) => `profile rbd pool=${pool}`);
  return { mon: ['profile rbd'], osd: each, ...(release.number >= OCTOPUS ? { mgr: each } : {}) };
}

/**
 * Before there were profiles. A node that takes an image over shuts the old holder out of the cluster; without that right
 * its lock stays: pitfall rbd-image-locked.
 */
function oldRbdCaps({ pools }: CephClient, { release }: CephContext): Rights {
  return {
    mon: ['allow r', `allow command "osd ${release.blocklist}"`],
    osd: ['allow class-read object_prefix rbd_children', ...pools.map((pool) => `allow rwx pool=${pool}`)],
  };
}

function pathCaps(path: string, context: CephContext): Rights {
  const { inventory, release } = context;
  const name = inventory.ceph.filesystem;
  if (release.number < LUMINOUS) {
    const data = filesystemPools(context)?.data ?? `${name}_data`;
    return { mon: ['allow r'], mds: ['allow r', `allow rw path=${path}`], osd: [`allow rw pool=${data}`] };
  }
  const of = release.number >= PACIFIC ? ` fsname=${name}` : '';
  const where = path === '/' ? '' : ` path=${path}`;
  return { mon: [`allow r${of}`], mds: [`allow rw${of}${where}`], osd: [`allow rw tag cephfs data=${name}`] };
}

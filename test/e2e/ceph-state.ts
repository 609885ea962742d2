import type { CephLab } from './ceph-lab.js';

interface Auth {
  readonly auth_dump: readonly { readonly entity: string; readonly caps: Readonly<Record<string, string>> }[];
}

/** What `ceph osd tree` answers. */
export interface OsdTree {
  readonly nodes: readonly {
    readonly id: number;
    readonly name: string;
    readonly type: string;
    readonly device_class?: string;
    readonly crush_weight?: number;
    readonly status?: string;
    readonly children?: readonly number[];
  }[];
}

interface Pool {
  readonly pool_name: string;
  readonly size: number;
  readonly min_size: number;
  readonly application_metadata: Readonly<Record<string, unknown>>;
}

/**
 * What a cluster is like, as lines that two clusters on the same hosts have in common when they were made alike: settings,
 * who may do what, the tree of the OSDs, pools, file systems, enabled units, and files with their modes and owners. Keys, ids
 * and the numbers of OSDs are by chance, and what daemons store is theirs.
 */
export async function clusterState(lab: CephLab): Promise<string[]> {
  const perHost = lab.hosts.map(async (host) =>
    [...confLines(await lab.on(host, 'cat /etc/ceph/ceph.conf')), ...(await unitLines(lab, host))]
      .concat(await fileLines(lab, host))
      .map((line) => `${host} ${line}`),
  );
  return [
    ...(await Promise.all(perHost)).flat(),
    ...authLines(await lab.ask<Auth>('auth ls')),
    ...treeLines(await lab.ask<OsdTree>('osd tree')),
    ...(await lab.ask<{ pools: readonly Pool[] }>('osd dump')).pools.map(poolLine),
    ...(await lab.ask<readonly { name: string; data_pools: readonly string[] }[]>('fs ls')).map(
      ({ name, data_pools: pools }) => `file system ${name} in ${pools.join(', ')}`,
    ),
  ].sort();
}

/** Lines that are in only one of two states. */
export function differences(left: readonly string[], right: readonly string[]): string[] {
  const only = (these: readonly string[], those: readonly string[], mark: string): string[] =>
    these.filter((line) => !those.includes(line)).map((line) => `${mark} ${line}`);
  return [...only(left, right, '-'), ...only(right, left, '+')];
}

/** Blanks, `_` and `-` are the same in a key. */
export function confLines(text: string): string[] {
  let section = '';
  return text.split('\n').flatMap((line) => {
    section = /^\[(.+)\]/.exec(line)?.[1] ?? section;
    const [, key = '', value = ''] = /^\s*([^#;=[]+?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    const name = key.replaceAll(/[ _-]+/g, ' ');
    return name === '' || name === 'fsid' ? [] : [`conf [${section}] ${name} = ${value}`];
  });
}

/** What starts with the host. */
async function unitLines(lab: CephLab, host: string): Promise<string[]> {
  const links = await lab.on(host, 'cd /etc/systemd/system && ls -d *.wants/ceph*');
  return linesOf(links).map((link) => `unit ${withoutNumber(link)}`);
}

/**
 * Files that tell nothing of the cluster: what daemons store, when they like; the marks that ceph-deploy leaves for the init
 * systems of its time; and the folder from which the other installer works (that of ceph-deploy is in the home of its user).
 */
const OTHER_FILES = [
  '*/store.db/*',
  '*/current/*',
  '/var/lib/ceph/crash/*',
  '*/min_mon_release',
  '/var/lib/ceph/m??/ceph-*/done',
  '/var/lib/ceph/m??/ceph-*/systemd',
  '/var/lib/ceph/provision*',
];

async function fileLines(lab: CephLab, host: string): Promise<string[]> {
  const left = OTHER_FILES.map((path) => `-path '${path}'`).join(' -o ');
  const found = await lab.on(
    host,
    String.raw`find /etc/ceph /var/lib/ceph /var/local/osd0 \( ${left} \) -prune -o -printf '%M %u:%g %p %l
'`,
  );
  return linesOf(found).map((line) => `file ${withoutNumber(line)}`);
}

/** OSDs are numbered in the order in which they come. */
function withoutNumber(line: string): string {
  return line.replace(/(ceph-osd@|osd\/ceph-)\d+/, '$1N');
}

function authLines({ auth_dump: entities }: Auth): string[] {
  return entities.map(({ entity, caps }) => `auth ${entity} ${JSON.stringify(caps)}`);
}

function treeLines({ nodes }: OsdTree): string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return nodes
    .filter(({ type }) => type !== 'osd')
    .map(({ type, name, children = [] }) => {
      const below = children.map((id) => byId.get(id));
      const told = below.map((child) =>
        child?.type === 'osd'
          ? `osd ${child.device_class} ${child.status} ${child.crush_weight?.toFixed(2)}`
          : String(child?.name),
      );
      return `tree ${type} ${name}: ${told.sort().join(', ')}`;
    });
}

function poolLine({ pool_name: name, size, min_size: least, application_metadata: uses }: Pool): string {
  return `pool ${name}: ${size} copies, at least ${least}, for ${Object.keys(uses).join(', ')}`;
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

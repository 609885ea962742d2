import type { CephImage, CephSettings } from './ceph-settings.js';
import { complainAt, complainAtKey } from './checking.js';
import type { Checking } from './checking.js';
import type { ExpandedHost, Membership } from './hosts.js';
import type { Role } from './inventory.js';
import { nearestWord } from './nearest.js';
import type { Path } from './places.js';
import type { RawCeph, RawInventory } from './schema.js';

/** The settings as the stage uses them: maps become lists, and what names something names something that is there. */
export function cephSettings(
  { pools, images, clients, osds: _osds, ...settings }: RawCeph,
  hosts: readonly ExpandedHost[],
  checking: Checking,
): CephSettings {
  refuseUnknownAdmin(settings.admin, hosts, checking);
  for (const key of images.keys()) refuseUnknownPool(imageOf(key).pool, key, pools, checking);
  for (const [name, client] of clients)
    for (const [index, pool] of client.pools.entries())
      if (pool !== '' && !pools.has(pool))
        complainAt(checking, ['ceph', 'clients', name, 'pools', index], unknownPool(pool, pools));
  return {
    ...settings,
    pools: [...pools].map(([name, pool]) => ({ name, ...pool })),
    images: [...images].map(([key, image]) => ({ ...imageOf(key), ...image })),
    clients: [...clients].map(([name, { pools: own, path }]) => ({
      name,
      pools: [...new Set(own)],
      path,
    })),
  };
}

function imageOf(key: string): Pick<CephImage, 'pool' | 'name'> {
  const [pool = '', name = ''] = key.split('/');
  return { pool, name };
}

function refuseUnknownAdmin(
  admin: string | undefined,
  hosts: readonly ExpandedHost[],
  checking: Checking,
): void {
  const names = hosts.map(({ name }) => name);
  if (admin === undefined || admin === '' || names.includes(admin)) return;
  complainAt(checking, ['ceph', 'admin'], {
    found: `no host "${admin}" is given under hosts`,
    nearest: nearestWord(admin, names),
    allowed: 'the name of a host under hosts; it need not have a role',
  });
}

function refuseUnknownPool(pool: string, key: string, pools: RawCeph['pools'], checking: Checking): void {
  // A key without a pool in it has been reported already.
  if (!/^[^/]+\/[^/]+$/.test(key) || pools.has(pool)) return;
  complainAtKey(checking, ['ceph', 'images', key], unknownPool(pool, pools));
}

function unknownPool(pool: string, pools: RawCeph['pools']) {
  return {
    found: `no pool "${pool}" is given under ceph.pools`,
    nearest: nearestWord(pool, pools.keys()),
    allowed: `a name under ceph.pools; \`pools: {${pool}: {}}\` gives it with the usual settings`,
  };
}

/** Where a host with the role osd stores data: what it says itself, else its groups, else `ceph.osds`. */
export function osdsOf(
  host: ExpandedHost,
  memberships: readonly Membership[],
  ceph: RawCeph,
  checking: Checking,
): readonly string[] {
  const own: readonly [Path, readonly string[]] | undefined =
    host.raw.osds === undefined
      ? fromGroups(host, memberships, checking)
      : [['hosts', host.pattern, 'osds'], host.raw.osds];
  const [path, osds] = own ?? [['ceph', 'osds'], ceph.osds];
  if (osds.length === 0)
    complainAt(checking, path, {
      found: `${host.name} has the role osd and no place for an OSD`,
      allowed: 'at least one directory or block device: [/var/local/osd0]; or a host without the role osd',
    });
  refuseOverlap(path, osds, checking);
  return osds;
}

/** Groups have no order among each other, so that two of them may not say different things about one host. */
function fromGroups(
  host: ExpandedHost,
  memberships: readonly Membership[],
  checking: Checking,
): readonly [Path, readonly string[]] | undefined {
  const found = memberships.flatMap(({ name, group }) =>
    group.osds === undefined ? [] : [{ name, osds: group.osds }],
  );
  const [first, ...others] = found;
  if (first === undefined) return undefined;
  const other = others.find(({ osds }) => JSON.stringify(osds) !== JSON.stringify(first.osds));
  if (other !== undefined)
    complainAt(checking, ['groups', other.name, 'osds'], {
      found: `${host.name} is in the groups ${first.name} and ${other.name}, which give it different values of "osds"`,
      allowed: `the same value in both groups, or hosts.${host.pattern}.osds, which goes before both`,
    });
  return [['groups', first.name, 'osds'], first.osds];
}

/** Two OSDs in one place, or one inside the other, would destroy each other. */
function refuseOverlap(path: Path, osds: readonly string[], checking: Checking): void {
  for (const [index, osd] of osds.entries()) {
    const first = osds.slice(0, index).findIndex((other) => osd !== '' && overlap(osd, other));
    if (first === -1) continue;
    complainAt(checking, [...path, index], {
      found:
        osd === osds[first] ? `${osd} is given already` : `${osd} and ${osds[first]} are inside each other`,
      allowed: 'a directory or a block device of its own for each OSD of a host',
    });
  }
}

function overlap(one: string, other: string): boolean {
  if (one === other) return true;
  // Paths of devices are no directories: /dev/sda and /dev/sda/… cannot both be.
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

interface HostWithRoles {
  readonly host: ExpandedHost;
  readonly groups: readonly Membership[];
  readonly roles: readonly Role[];
}

/** Reports places for OSDs that no host with the role osd takes. */
export function refuseUnusedOsds(
  raw: RawInventory,
  hosts: readonly HostWithRoles[],
  checking: Checking,
): void {
  const storing = hosts.filter(({ roles }) => roles.includes('osd'));
  const patterns = new Set(storing.map(({ host }) => host.pattern));
  const groups = new Set(storing.flatMap((host) => host.groups.map(({ name }) => name)));
  const report = (path: Path, found: string): void =>
    complainAtKey(checking, path, {
      found,
      allowed: 'osds together with the role osd',
    });
  for (const [pattern, host] of raw.hosts)
    if (host.osds !== undefined && !patterns.has(pattern))
      report(['hosts', pattern, 'osds'], `"${pattern}" has osds and not the role osd`);
  for (const [name, group] of raw.groups)
    if (group.osds !== undefined && !groups.has(name))
      report(['groups', name, 'osds'], `no host of the group "${name}" has the role osd`);
}

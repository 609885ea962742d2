import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../src/engine/facts.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import type { CephContext } from './context.js';
import { isDevice } from './members.js';
import { minSize, poolSize } from './pool-size.js';
import { featureBits, mappableFeatures } from './rbd-features.js';
import { storeOf } from './releases.js';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Shell functions that read and merge a ceph.conf. */
export const CONF = lines(sh`CONF_AWK=${read('./conf.awk')}`, rawScript(read('./conf.sh')));

export const CONF_FILE = '/etc/ceph/ceph.conf';

/** From 14.2.20 and 15.2.11 on the monitors can refuse what old clients do (CVE-2021-20288), and warn while they do not. */
const KNOWS_GLOBAL_ID_RECLAIM = 14;

/**
 * The settings that every ceph.conf of the cluster has in [global], beside its fsid and the user's own.
 * The sizes are those of new pools: pitfall ceph-pool-size.
 */
export function confSettings(context: CephContext): Readonly<Record<string, string>> {
  const { inventory, members, release } = context;
  const { publicNetwork, clusterNetwork, config } = inventory.ceph;
  const size = poolSize(context);
  const features = mappableFeatures(context);
  return {
    'mon initial members': members.mons.map(({ name }) => name).join(', '),
    'mon host': members.mons.map(({ address }) => address).join(','),
    ...(members.mons.some(({ address }) => address.includes(':')) ? { 'ms bind ipv6': 'true' } : {}),
    ...(publicNetwork === undefined ? {} : { 'public network': publicNetwork }),
    ...(clusterNetwork === undefined ? {} : { 'cluster network': clusterNetwork }),
    'auth cluster required': 'cephx',
    'auth service required': 'cephx',
    'auth client required': 'cephx',
    'osd pool default size': String(size),
    'osd pool default min size': String(minSize(size)),
    ...(features === undefined ? {} : { 'rbd default features': String(featureBits(features)) }),
    ...(release.number >= KNOWS_GLOBAL_ID_RECLAIM
      ? { 'auth allow insecure global id reclaim': 'false' }
      : {}),
    ...(needsShortNames(context) ? SHORT_NAMES : {}),
    ...Object.fromEntries(config),
  };
}

/** ext4 keeps 1 KiB of extended attributes, in which the names of filestore's objects are: pitfall ceph-osd-ext4-names. */
const SHORT_NAMES = { 'osd max object name len': '256', 'osd max object namespace len': '64' } as const;

/** Every ceph.conf has them when one OSD needs them: the limits are the cluster's, not the host's. */
export function needsShortNames({ inventory, facts, members, release }: CephContext): boolean {
  return members.osds.some((host) => {
    const known = facts.get(host.name);
    return (
      known !== undefined && filestoreDirectories(host).some((path) => fileSystemType(path, known) === 'ext4')
    );
  });

  function filestoreDirectories(host: Host): readonly string[] {
    return host.osds.filter((osd) => !isDevice(osd) && storeOf(inventory.ceph, release, osd) === 'filestore');
  }
}

/** Type of the file system that holds a path: that of the longest mount point above it. */
function fileSystemType(path: string, { fileSystems }: HostFacts): string | undefined {
  const above = fileSystems.filter(
    ({ mountPoint }) => mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`),
  );
  return above.sort((a, b) => b.mountPoint.length - a.mountPoint.length)[0]?.type;
}

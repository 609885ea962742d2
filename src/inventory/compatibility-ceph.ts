import { CEPH_RELEASES } from './ceph-settings.js';
import type { CephReleaseName, CephSettings } from './ceph-settings.js';
import type { CompatibilityRule } from './compatibility-rule.js';
import { isInNetwork } from './formats-network.js';
import type { Host, Inventory } from './inventory.js';
import type { Path } from './places.js';

/** Settings that a release of Ceph cannot have. The release may be known only once the admin host was asked. */
export interface ReleaseRule extends Omit<CompatibilityRule, 'applies'> {
  readonly refuses: (release: CephReleaseName, ceph: CephSettings, hosts: readonly Host[]) => readonly Path[];
}

/** Sources: docs.ceph.com filestore-config-ref (filestore), the release notes of luminous (bluestore, managers), ceph-volume(8). */
export const releaseRules: readonly ReleaseRule[] = [
  {
    id: 'filestore-from-reef',
    refuses: (release, { store }) =>
      isSince(release, 'reef') && store === 'filestore' ? [['ceph', 'store']] : [],
    message: 'Ceph has no filestore from reef (18) on: an OSD made so would not start',
    works: 'ceph: {release: reef, store: bluestore}, or filestore with quincy (17) or older',
  },
  {
    id: 'bluestore-before-luminous',
    refuses: (release, { store }) =>
      !isSince(release, 'luminous') && store === 'bluestore' ? [['ceph', 'store']] : [],
    message:
      'the bluestore of jewel is a trial that later releases cannot read; it is ready from luminous (12) on',
    works: 'ceph: {release: jewel, store: filestore}, or bluestore with luminous or newer',
  },
  {
    id: 'filestore-device-without-journal',
    refuses: (release, ceph, hosts) =>
      isSince(release, 'luminous') && ceph.store === 'filestore' ? devicePaths(hosts) : [],
    message:
      'a block device with filestore needs a second device for its journal from luminous (12) on, where ceph-volume and ceph-deploy 2.x make OSDs',
    works: 'ceph: {store: bluestore} for block devices, or a directory with filestore',
  },
  {
    id: 'ceph-deploy-from-reef',
    refuses: (release, { installer }) =>
      isSince(release, 'reef') && installer === 'ceph-deploy' ? [['ceph', 'installer']] : [],
    message:
      'releases from reef (18) on are not known to ceph-deploy, which was given up before them; quincy (17) is the last that it can deploy',
    works: 'ceph: {installer: packages}, which takes the same steps with the commands of Ceph itself',
  },
  {
    id: 'mgr-before-luminous',
    refuses: (release, _ceph, hosts) => {
      const [first] = isSince(release, 'luminous') ? [] : hosts.filter(({ roles }) => roles.includes('mgr'));
      return first === undefined ? [] : [['hosts', first.name, 'roles']];
    },
    message: 'jewel has no managers: they came with luminous (12)',
    works: 'no host with the role mgr for jewel, or ceph: {release: luminous} or newer',
  },
];

/** The rules of Ceph; those of a release hold when the inventory names it. */
export const cephRules: readonly CompatibilityRule[] = [
  {
    id: 'ceph-repository-of-the-distribution',
    applies: ({ ceph }) =>
      ceph.source === 'distribution' && ceph.repository !== undefined ? [['ceph', 'repository']] : [],
    message:
      'ceph.repository is a mirror of download.ceph.com, and ceph.source is "distribution", which does not use it',
    works:
      'ceph: {source: ceph.com, release: pacific, repository: …}, or packages.mirror for the packages of the distribution',
  },
  {
    id: 'ceph-com-without-release',
    applies: ({ ceph }) =>
      ceph.source === 'ceph.com' && ceph.release === undefined ? [['ceph', 'source']] : [],
    message:
      'download.ceph.com has every release, and none is named: a newer one would change the cluster by itself',
    works: 'ceph: {source: ceph.com, release: pacific}',
  },
  {
    id: 'release-of-no-distribution',
    applies: ({ ceph }) =>
      ceph.source === 'distribution' && ceph.release === 'mimic' ? [['ceph', 'release']] : [],
    message: 'no release of Debian or Ubuntu has the packages of mimic',
    works: 'ceph: {source: ceph.com, release: mimic} on Ubuntu 16.04 or 18.04, or another release',
  },
  ...releaseRules.map(({ refuses, ...rule }) => ({
    ...rule,
    applies: ({ ceph, hosts }: Inventory) =>
      ceph.release === undefined ? [] : refuses(ceph.release, ceph, hosts),
  })),
  {
    id: 'monitor-outside-public-network',
    applies: monitorsOutside,
    message:
      'the address of the monitor is not in ceph.publicNetwork, so that it could not be reached in the network of clients',
    works: 'publicNetwork: the network of the addresses under hosts, or none',
  },
  {
    id: 'cluster-network-of-other-family',
    applies: ({ ceph: { clusterNetwork }, hosts }) => {
      const [mon] = hosts.filter(({ roles }) => roles.includes('mon'));
      if (clusterNetwork === undefined || mon === undefined) return [];
      return clusterNetwork.includes(':') === mon.address.includes(':') ? [] : [['ceph', 'clusterNetwork']];
    },
    message:
      'the hosts know each other by addresses of the other family, and Ceph speaks either IPv4 or IPv6 in both of its networks',
    works: 'publicNetwork and clusterNetwork of the family of the addresses under hosts',
  },
  {
    id: 'pool-size-above-osd-hosts',
    applies: sizesAboveHosts,
    message:
      'each copy of an object goes to another host, and fewer hosts have OSDs: the cluster would never be healthy (pitfall ceph-pool-size)',
    works: 'at most as many copies as there are hosts with the role osd; without a size it is so by itself',
  },
  {
    id: 'pool-without-osd',
    applies: ({ ceph, hosts }) => {
      const [first] = hasCeph(hosts) && osdHosts(hosts) === 0 ? ceph.pools : [];
      return first === undefined ? [] : [['ceph', 'pools', first.name]];
    },
    message: 'a pool stores its data on OSDs, and no host has one',
    works: 'at least one host with the role osd',
  },
  {
    id: 'pg-num-power-of-two',
    applies: ({ ceph }) =>
      ceph.pools
        .filter(({ pgNum }) => pgNum !== undefined && !Number.isInteger(Math.log2(pgNum)))
        .map(({ name }) => ['ceph', 'pools', name, 'pgNum']),
    message:
      'placement groups differ in size when their number is no power of two, and the cluster warns of it',
    works: 'pgNum: 1, 2, 4, 8, 16, 32, 64, 128, …',
  },
  {
    id: 'image-in-other-pool',
    applies: ({ ceph }) =>
      ceph.images
        .filter(({ pool }) => otherApplication(ceph, pool))
        .map(({ pool, name }) => ['ceph', 'images', `${pool}/${name}`]),
    message: 'images are kept in pools with the application rbd, and this pool has another',
    works: 'pools: {kube: {application: rbd}}, images: {kube/registry: {size: 10G}}',
  },
  {
    id: 'image-feature-alone',
    applies: ({ ceph }) =>
      ceph.images
        .filter(({ features }) => features !== undefined && lacksFeature(features))
        .map(({ pool, name }) => ['ceph', 'images', `${pool}/${name}`, 'features']),
    message: 'fast-diff needs object-map, and object-map and journaling need exclusive-lock',
    works: 'features: [layering, exclusive-lock, object-map, fast-diff], or [layering] for old kernels',
  },
  {
    id: 'client-of-other-pool',
    applies: ({ ceph }) =>
      ceph.clients.flatMap(({ name, pools }) =>
        pools
          .filter((pool) => otherApplication(ceph, pool))
          .map((pool): Path => ['ceph', 'clients', name, 'pools', pools.indexOf(pool)]),
      ),
    message: 'the pools of a client are those whose images it may use, and this pool has another application',
    works: 'pools with the application rbd; path for CephFS',
  },
  {
    id: 'client-without-right',
    applies: ({ ceph }) =>
      ceph.clients
        .filter(({ pools, path }) => pools.length === 0 && path === undefined)
        .map(({ name }) => ['ceph', 'clients', name]),
    message: 'the client may use nothing: it has neither pools nor path',
    works: 'clients: {kube: {pools: [kube]}}, or {harbor: {path: /apps/harbor}}',
  },
  {
    id: 'client-path-without-mds',
    applies: ({ ceph, hosts }) =>
      hasCeph(hosts) && !hosts.some(({ roles }) => roles.includes('mds'))
        ? ceph.clients
            .filter(({ path }) => path !== undefined)
            .map(({ name }): Path => ['ceph', 'clients', name, 'path'])
        : [],
    message:
      'CephFS needs a metadata server, and no host is one: nothing could be mounted (pitfall cephfs-no-mds)',
    works: 'at least one host with the role mds',
  },
];

/** Why these settings cannot be had with a release, and what can; undefined: they can. */
export function releaseConflict(
  release: CephReleaseName,
  ceph: CephSettings,
  hosts: readonly Host[],
): string | undefined {
  const rule = releaseRules.find(({ refuses }) => refuses(release, ceph, hosts).length > 0);
  if (rule === undefined) return undefined;
  const { message, works, id } = rule;
  return `${message.replace(/^./, (letter) => letter.toUpperCase())} (${id}); this is ${release}. What works: ${works}.`;
}

function isSince(release: CephReleaseName, first: CephReleaseName): boolean {
  return CEPH_RELEASES.indexOf(release) >= CEPH_RELEASES.indexOf(first);
}

function devicePaths(hosts: readonly Host[]): Path[] {
  return hosts
    .filter(({ osds }) => osds.some((osd) => osd.startsWith('/dev/')))
    .map(({ name }) => ['hosts', name, 'osds']);
}

function hasCeph(hosts: readonly Host[]): boolean {
  return hosts.some(({ roles }) => roles.includes('mon'));
}

function osdHosts(hosts: readonly Host[]): number {
  return hosts.filter(({ roles }) => roles.includes('osd')).length;
}

function monitorsOutside({ ceph: { publicNetwork }, hosts }: Inventory): Path[] {
  if (publicNetwork === undefined) return [];
  return hosts
    .filter(({ roles, address }) => roles.includes('mon') && !isInNetwork(address, publicNetwork))
    .map(({ name }) => ['hosts', name, 'address']);
}

function sizesAboveHosts({ ceph, hosts }: Inventory): Path[] {
  const most = osdHosts(hosts);
  if (most === 0) return [];
  const pools = ceph.pools.filter(({ size = 0 }) => size > most);
  return [
    ...((ceph.poolSize ?? 0) > most ? [['ceph', 'poolSize']] : []),
    ...pools.map(({ name }) => ['ceph', 'pools', name, 'size']),
  ];
}

function otherApplication({ pools }: CephSettings, pool: string): boolean {
  return pools.some(({ name, application }) => name === pool && application !== 'rbd');
}

const NEEDED: readonly (readonly [feature: string, needed: string])[] = [
  ['fast-diff', 'object-map'],
  ['object-map', 'exclusive-lock'],
  ['journaling', 'exclusive-lock'],
];

function lacksFeature(features: readonly string[]): boolean {
  return NEEDED.some(([feature, needed]) => features.includes(feature) && !features.includes(needed));
}

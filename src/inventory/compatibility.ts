import { isIPv4 } from 'node:net';
import { complainAtKey } from './checking.js';
import type { Checking } from './checking.js';
import { cephRules } from './compatibility-ceph.js';
import { kubernetesRules } from './compatibility-kubernetes.js';
import { networkRules } from './compatibility-network.js';
import type { CompatibilityRule } from './compatibility-rule.js';
import type { Host, Inventory, Role } from './inventory.js';
import type { Path } from './places.js';

/** All rules, in the order of the stages. */
export const compatibilityRules: readonly CompatibilityRule[] = [
  {
    id: 'jump-through-itself',
    applies: ({ hosts }) => hosts.filter(jumpsThroughItself).map(({ name }) => ['hosts', name]),
    message: 'the host is to be reached through itself: its ssh.proxyJump names it',
    works: 'ssh: {proxyJump: []} for the jump host, the proxyJump of the others in a group or at the top',
  },
  {
    id: 'mixed-address-families',
    applies: mixedAddressFamilies,
    message:
      'the hosts of Kubernetes and Ceph have IPv4 and IPv6 addresses: a host that has only the one cannot reach a host that has only the other',
    works: 'addresses of one family for all hosts of the cluster',
  },
  {
    id: 'worker-without-control-plane',
    applies: (inventory) => needs(inventory, ['worker'], 'control-plane'),
    message: 'a worker has no control plane to join',
    works: 'at least one host with the role control-plane',
  },
  {
    id: 'ceph-without-monitor',
    applies: (inventory) => needs(inventory, ['mgr', 'osd', 'mds'], 'mon'),
    message: 'a Ceph daemon finds its cluster through a monitor, and no host is one',
    works: 'at least one host with the role mon (an odd number of them survives the loss of one)',
  },
  {
    id: 'mds-without-osd',
    applies: (inventory) => needs(inventory, ['mds'], 'osd'),
    message: 'CephFS stores its data and metadata on OSDs, and no host has one',
    works: 'roles mon, osd and mds together',
  },
  {
    id: 'proxy-without-address',
    applies: ({ proxy }) =>
      proxy !== undefined && proxy.http === undefined && proxy.https === undefined ? [['proxy']] : [],
    message: 'proxy names neither `http` nor `https`, so that nothing goes through it',
    works: 'proxy: {http: http://proxy.example.com:3128, https: http://proxy.example.com:3128}',
  },
  {
    id: 'repository-of-the-distribution',
    applies: ({ docker }) =>
      docker.source === 'distribution' && docker.repository !== undefined ? [['docker', 'repository']] : [],
    message:
      'docker.repository is a mirror of the docker-ce repository, and docker.source is "distribution", which does not use it',
    works:
      'docker: {source: docker-ce, repository: …}, or packages.mirror for the packages of the distribution',
  },
  {
    id: 'docker-ce-version-from-distribution',
    applies: ({ docker }) =>
      docker.source === 'distribution' && isDockerCeVersion(docker.version) ? [['docker', 'version']] : [],
    message:
      'this is a version of the package docker-ce, and docker.source is "distribution", whose package is docker.io',
    works:
      'docker: {source: docker-ce, version: "5:24.0"} or docker: {source: distribution, version: "20.10"}',
  },
  {
    id: 'docker-ce-before-17.03',
    applies: ({ docker }) =>
      docker.source === 'docker-ce' && isBefore(docker.version, [17, 3]) ? [['docker', 'version']] : [],
    message: 'docker-ce begins with 17.03; older versions were never in its repository',
    works: 'docker: {source: distribution, version: "1.12"} on Ubuntu 16.04, or docker-ce from 17.03',
  },
  {
    id: 'docker-before-daemon-json',
    applies: ({ docker }) =>
      docker.source === 'distribution' && isBefore(docker.version, [1, 12]) ? [['docker', 'version']] : [],
    message:
      'Docker before 1.12 cannot be set up: 1.12 is the oldest version that provision knows how to configure',
    works: 'version 1.12 or newer',
  },
  ...kubernetesRules,
  ...networkRules,
  ...cephRules,
];

/** Applies every rule. @param patterns the key under `hosts` by host name */
export function checkCompatibility(
  inventory: Inventory,
  patterns: ReadonlyMap<string, string>,
  checking: Checking,
): void {
  for (const rule of compatibilityRules) {
    for (const path of rule.applies(inventory)) {
      const [top = '', host = '', ...rest] = path;
      const inFile = top === 'hosts' ? [top, patterns.get(String(host)) ?? host, ...rest] : path;
      complainAtKey(checking, inFile, { found: `${rule.message} (${rule.id})`, allowed: rule.works });
    }
  }
}

function jumpsThroughItself({ name, address, ssh }: Host): boolean {
  const own = new Set([name, address, ssh.host]);
  const port = ssh.port ?? 22;
  return ssh.proxyJump.some((hop) => {
    const [, six, plain = '', hopPort = '22'] =
      /^(?:.*@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(hop) ?? [];
    return own.has(six ?? plain) && Number(hopPort) === port;
  });
}

/** Hosts whose family differs from that of the first one. */
function mixedAddressFamilies({ hosts }: Inventory): Path[] {
  const members = hosts.filter(({ roles }) => roles.some((role) => role !== 'docker'));
  const [first] = members;
  if (first === undefined) return [];
  return members
    .filter(({ address }) => isIPv4(address) !== isIPv4(first.address))
    .map(({ name }) => ['hosts', name, 'address']);
}

/** The first host of such a role, when no host has the role that it depends on. */
function needs({ hosts }: Inventory, roles: readonly Role[], needed: Role): Path[] {
  if (hosts.some((host) => host.roles.includes(needed))) return [];
  const [first] = hosts.filter((host) => host.roles.some((role) => roles.includes(role)));
  return first === undefined ? [] : [['hosts', first.name]];
}

function isDockerCeVersion(version: string | undefined): boolean {
  return version !== undefined && /^5:|~ce\b|~(debian|ubuntu)\b/.test(version);
}

/** Compares the numbers of a version, without its epoch. */
function isBefore(version: string | undefined, limit: readonly [number, number]): boolean {
  const [, major, minor] = /^(?:\d+:)?(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? [];
  if (major === undefined) return false;
  const difference = Number(major) - limit[0];
  return difference < 0 || (difference === 0 && minor !== undefined && Number(minor) < limit[1]);
}

import { cephSettings, osdsOf, refuseUnusedOsds } from './ceph.js';
import type { Checking } from './checking.js';
import { checkCompatibility } from './compatibility.js';
import { parseYaml } from './document.js';
import type { YamlDocument } from './document.js';
import { expandHosts, membershipsOf } from './hosts.js';
import type { ExpandedHost, Membership } from './hosts.js';
import { ROLES } from './inventory.js';
import type { Inventory, Role } from './inventory.js';
import { kubernetesSettings } from './kubernetes.js';
import { isNode, labelsOf, refuseUnusedMarks, taintsOf } from './nodes.js';
import { createPlaces } from './places.js';
import { problemList } from './problems.js';
import type { ProblemList } from './problems.js';
import { readDocument } from './read.js';
import { inventorySchema } from './schema.js';
import type { RawInventory } from './schema.js';
import type { Source } from './source.js';
import { refuseSameTarget, sshSettings } from './ssh-settings.js';
import type { Surroundings } from './substitute.js';

/** Either an inventory, or everything that is wrong with the file. */
export type ParseResult =
  | { readonly inventory: Inventory }
  | { readonly inventory: undefined; readonly problems: ProblemList };

/** Reads the text of an inventory file. @param path absolute, for `Inventory.path` */
export function parseInventory(source: Source, path: string, surroundings: Surroundings): ParseResult {
  const problems = problemList();
  const document = parseYaml(source.text, problems);
  if (document?.contents === null) problems.add({ at: [0, 0], path: '', ...EMPTY });
  else if (document !== undefined) {
    const inventory = readInventory(path, surroundings, document, problems);
    if (problems.all().length === 0) return { inventory };
  }
  return { inventory: undefined, problems };
}

const EMPTY = {
  found: 'the file is empty',
  allowed: 'at least `cluster` and `hosts`; `provision init` writes a file to begin with',
};

function readInventory(
  path: string,
  surroundings: Surroundings,
  document: YamlDocument,
  problems: ProblemList,
): Inventory {
  const places = createPlaces();
  const secretValues = new Set<string>();
  const reading = { document, root: inventorySchema, surroundings, problems, places, secretValues };
  const raw = readDocument(reading, inventorySchema);
  const checking: Checking = { problems, places };
  const expanded = expandHosts(raw, checking);
  if (expanded.length === 0 && problems.all().length === 0)
    problems.add({
      at: places.key(['hosts']),
      path: 'hosts',
      found: 'there is no host',
      allowed: 'at least one host',
    });
  const hosts = withSettings(raw, expanded, checking, surroundings);
  refuseUnusedOsds(raw, hosts, checking);
  refuseUnusedMarks(raw, hosts, checking);
  const inventory: Inventory = {
    path,
    cluster: raw.cluster,
    hosts: hosts.map(({ host, roles, osds, labels, taints, ssh }) => ({
      name: host.name,
      address: host.address,
      roles,
      osds,
      labels,
      taints,
      ssh,
    })),
    timezone: raw.timezone,
    time: raw.time,
    packages: raw.packages,
    proxy: raw.proxy,
    docker: raw.docker,
    kubernetes: kubernetesSettings(raw.kubernetes, expanded),
    network: raw.network,
    ceph: cephSettings(raw.ceph, expanded, checking),
    secretValues: [...secretValues],
  };
  const patterns = new Map(expanded.map((host) => [host.name, host.pattern]));
  if (problems.all().length === 0) checkCompatibility(inventory, patterns, checking);
  return inventory;
}

function withSettings(
  raw: RawInventory,
  expanded: readonly ExpandedHost[],
  checking: Checking,
  surroundings: Surroundings,
) {
  const memberships = membershipsOf(raw, expanded, checking);
  const hosts = expanded.map((host) => {
    const groups = memberships.get(host.name) ?? [];
    const roles = rolesOf(host, groups);
    return {
      host,
      groups,
      roles,
      osds: roles.includes('osd') ? osdsOf(host, groups, raw.ceph, checking) : [],
      labels: isNode(roles) ? labelsOf(host, groups, checking) : new Map<string, string>(),
      taints: isNode(roles) ? taintsOf(host, groups, checking) : [],
      ssh: sshSettings(host, groups, raw.ssh, checking, surroundings),
    };
  });
  refuseSameTarget(hosts, checking);
  return hosts;
}

/** Own roles and those of the groups, in the order of ROLES. */
function rolesOf(host: ExpandedHost, memberships: readonly Membership[]): Role[] {
  const wanted = new Set([...host.raw.roles, ...memberships.flatMap(({ group }) => group.roles)]);
  return ROLES.filter((role) => wanted.has(role));
}

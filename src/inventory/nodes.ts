import { complainAt, complainAtKey } from './checking.js';
import type { Checking } from './checking.js';
import { taintIdentity } from './formats-kubernetes.js';
import type { ExpandedHost, Membership } from './hosts.js';
import type { Role } from './inventory.js';
import type { Path } from './places.js';
import type { RawInventory } from './schema.js';

/** A label or taint, what it is known by, and where it stands. */
interface Mark {
  readonly identity: string;
  readonly text: string;
  readonly path: Path;
}

/** Labels of a host: those of its groups and its own, which go before them. */
export function labelsOf(
  host: ExpandedHost,
  memberships: readonly Membership[],
  checking: Checking,
): ReadonlyMap<string, string> {
  const marks = (path: Path, labels: ReadonlyMap<string, string>): Mark[] =>
    [...labels].map(([identity, text]) => ({ identity, text, path: [...path, identity] }));
  const own = marks(['hosts', host.pattern, 'labels'], host.raw.labels);
  const groups = memberships.map(({ name, group }) => marks(['groups', name, 'labels'], group.labels));
  const merged = merge(host, 'the label', own, groups, checking);
  return new Map(merged.map(({ identity, text }) => [identity, text]));
}

/** Taints of a host, likewise. */
export function taintsOf(
  host: ExpandedHost,
  memberships: readonly Membership[],
  checking: Checking,
): readonly string[] {
  const marks = (path: Path, taints: readonly string[]): Mark[] =>
    taints.map((text, index) => ({ identity: taintIdentity(text), text, path: [...path, index] }));
  const own = marks(['hosts', host.pattern, 'taints'], host.raw.taints);
  const groups = memberships.map(({ name, group }) => marks(['groups', name, 'taints'], group.taints));
  for (const list of [own, ...groups]) refuseTwice(list, checking);
  return merge(host, 'the taint', own, groups, checking).map(({ text }) => text);
}

/** Groups have no order among each other, so that two of them may not say different things about one host. */
function merge(
  host: ExpandedHost,
  what: string,
  own: readonly Mark[],
  groups: readonly (readonly Mark[])[],
  checking: Checking,
): readonly Mark[] {
  const merged = new Map<string, Mark>();
  const given = new Set(own.map(({ identity }) => identity));
  for (const mark of groups.flat()) {
    const { identity, text, path } = mark;
    const first = merged.get(identity);
    if (given.has(identity)) continue;
    if (first === undefined) merged.set(identity, mark);
    else if (first.text !== text)
      complainAt(checking, path, {
        found: `${host.name} is in the groups ${first.path[1]} and ${path[1]}, which give it different values of ${what} "${identity}"`,
        allowed: `the same value in both groups, or one in hosts.${host.pattern}.${path[2]}, which goes before both`,
      });
  }
  for (const mark of own) merged.set(mark.identity, mark);
  return [...merged.values()];
}

function refuseTwice(marks: readonly Mark[], checking: Checking): void {
  for (const [index, { identity, text, path }] of marks.entries()) {
    const first = marks.slice(0, index).find((other) => text !== '' && other.identity === identity);
    if (first !== undefined)
      complainAt(checking, path, {
        found: `${first.text} is given already, and a node has one taint of a key and an effect`,
        allowed: 'each key with each effect once',
      });
  }
}

interface HostWithRoles {
  readonly host: ExpandedHost;
  readonly groups: readonly Membership[];
  readonly roles: readonly Role[];
}

/** Is the host a node of Kubernetes? */
export function isNode(roles: readonly Role[]): boolean {
  return roles.includes('control-plane') || roles.includes('worker');
}

/** Reports labels and taints that no node takes. */
export function refuseUnusedMarks(
  raw: RawInventory,
  hosts: readonly HostWithRoles[],
  checking: Checking,
): void {
  const nodes = hosts.filter(({ roles }) => isNode(roles));
  const patterns = new Set(nodes.map(({ host }) => host.pattern));
  const groups = new Set(nodes.flatMap((host) => host.groups.map(({ name }) => name)));
  const report = (path: Path, who: string): void =>
    complainAtKey(checking, path, {
      found: `${who} has ${path.at(-1)} and is no node: it has neither the role control-plane nor worker`,
      allowed: `${path.at(-1)} together with the role worker or control-plane`,
    });
  for (const key of ['labels', 'taints'] as const) {
    for (const [pattern, host] of raw.hosts)
      if (!patterns.has(pattern) && isGiven(host[key])) report(['hosts', pattern, key], `"${pattern}"`);
    for (const [name, group] of raw.groups)
      if (!groups.has(name) && isGiven(group[key]))
        report(['groups', name, key], `every host of the group "${name}"`);
  }
}

function isGiven(marks: ReadonlyMap<string, string> | readonly string[]): boolean {
  return [...marks].length > 0;
}

import { isIPv4 } from 'node:net';
import { complainAt, complainAtKey } from './checking.js';
import type { Checking } from './checking.js';
import { addressPattern, canonicalAddress } from './formats.js';
import { nearestWord } from './nearest.js';
import { expandRange } from './ranges.js';
import type { RawGroup, RawHost, RawInventory } from './schema.js';

/** One host after its range was expanded. */
export interface ExpandedHost {
  readonly name: string;
  /** Empty when the file gives none that can be read. */
  readonly address: string;
  /** Its own `ssh.host`. */
  readonly sshHost: string | undefined;
  /** The key under `hosts`: node1, node[01:20]. */
  readonly pattern: string;
  readonly raw: RawHost;
}

/** A group that a host belongs to. */
export interface Membership {
  readonly name: string;
  readonly group: RawGroup;
}

/** Expands ranges in the order of the file; reports counts that do not match and names and addresses given twice. */
export function expandHosts(raw: RawInventory, checking: Checking): ExpandedHost[] {
  const hosts = [...raw.hosts].flatMap(([pattern, host]) => expandHost(pattern, host, checking));
  refuseTwice(hosts, checking, {
    valueOf: (host) => host.name,
    report: (host, first) =>
      complainAtKey(checking, ['hosts', host.pattern], {
        found: `the host "${host.name}" is already given by "${first.pattern}"`,
        earlier: checking.places.key(['hosts', first.pattern]),
      }),
  });
  refuseTwice(hosts, checking, {
    valueOf: (host) => host.address,
    report: (host, first) =>
      complainAt(checking, ['hosts', host.pattern, 'address'], {
        found: `${host.address} is already the address of ${first.name}`,
        earlier: checking.places.key(['hosts', first.pattern]),
        allowed: 'an address of its own for each host',
      }),
  });
  return hosts;
}

function expandHost(pattern: string, raw: RawHost, checking: Checking): ExpandedHost[] {
  const { words: names } = expandRange(pattern);
  const addresses = spread(raw.address, pattern, 'address', checking);
  const sshHosts = raw.ssh.host === undefined ? [] : spread(raw.ssh.host, pattern, 'ssh.host', checking);
  if (names.length > 1 && raw.ssh.hostKey !== undefined)
    complainAt(checking, ['hosts', pattern, 'ssh', 'hostKey'], {
      found: `one fingerprint is given for ${names.length} hosts`,
      allowed: 'hostKey for a single host',
    });
  return names.map((name, index) => ({
    name,
    address: canonicalAddress(addresses[index] ?? ''),
    sshHost: sshHosts[index],
    pattern,
    raw,
  }));
}

/** The words that a range gives to each of the names, or none when they do not match. */
function spread(
  text: string,
  names: string,
  key: 'address' | 'ssh.host',
  checking: Checking,
): readonly string[] {
  const expected = expandRange(names).words.length;
  const { words } = expandRange(text);
  if (text === '' || words.length === 0 || expected === 0 || words.length === expected) return words;
  const isOne = words.length === 1;
  complainAt(checking, ['hosts', names, ...key.split('.')], {
    found: isOne
      ? `"${names}" stands for ${expected} hosts, but "${text}" is one`
      : `"${text}" stands for ${words.length}, but "${names}" for ${expected === 1 ? 'one host' : `${expected} hosts`}`,
    nearest: rangeOfAddresses(words[0] ?? '', expected),
    allowed: expected === 1 ? 'exactly one' : `a range of ${expected}`,
    why: expected === 1 && key === 'address' ? addressPattern.whyNotList : undefined,
  });
  return [];
}

/** 10.0.0.11 and 20 give 10.0.0.[11:30]. */
function rangeOfAddresses(first: string, count: number): string | undefined {
  if (!isIPv4(first)) return undefined;
  if (count === 1) return first;
  const dot = first.lastIndexOf('.');
  const from = Number(first.slice(dot + 1));
  const to = from + count - 1;
  return to > 254 ? undefined : `${first.slice(0, dot)}.[${from}:${to}]`;
}

/** Reports the first repetition of each entry of the file: a whole overlapping range is one mistake, not twenty. */
function refuseTwice(
  hosts: readonly ExpandedHost[],
  checking: Checking,
  about: {
    valueOf: (host: ExpandedHost) => string;
    report: (host: ExpandedHost, first: ExpandedHost) => void;
  },
): void {
  const seen = new Map<string, ExpandedHost>();
  const reported = new Set<string>();
  for (const host of hosts) {
    const value = about.valueOf(host);
    const first = seen.get(value);
    if (value === '') continue;
    if (first === undefined) seen.set(value, host);
    else if (!reported.has(host.pattern)) {
      reported.add(host.pattern);
      about.report(host, first);
    }
  }
}

/** The groups of each host by its name, in the order of the file; reports names that no host has. */
export function membershipsOf(
  raw: RawInventory,
  hosts: readonly ExpandedHost[],
  checking: Checking,
): ReadonlyMap<string, readonly Membership[]> {
  const memberships = new Map<string, Membership[]>(hosts.map((host) => [host.name, []]));
  for (const [name, group] of raw.groups) {
    const members = new Set<string>();
    for (const [index, pattern] of group.hosts.entries()) {
      const { words } = expandRange(pattern);
      const unknown = words.find((word) => word !== '' && !memberships.has(word));
      if (unknown === undefined) for (const word of words) members.add(word);
      else refuseMember(unknown, pattern, ['groups', name, 'hosts', index], memberships.keys(), checking);
    }
    for (const member of members) memberships.get(member)?.push({ name, group });
  }
  return memberships;
}

function refuseMember(
  unknown: string,
  pattern: string,
  path: (string | number)[],
  names: Iterable<string>,
  checking: Checking,
): void {
  const isRange = unknown !== pattern;
  complainAt(checking, path, {
    found: isRange
      ? `no host "${unknown}", which "${pattern}" stands for, is given under hosts`
      : `no host "${unknown}" is given under hosts`,
    nearest: isRange ? undefined : nearestWord(unknown, names),
    allowed: 'names under hosts, or ranges of them',
  });
}

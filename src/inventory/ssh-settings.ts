import { complainAt } from './checking.js';
import type { Checking } from './checking.js';
import type { ExpandedHost, Membership } from './hosts.js';
import type { SshSettings } from './inventory.js';
import { sshDefaults } from './schema.js';
import type { RawSsh } from './schema.js';
import { localPath } from './substitute.js';
import type { Surroundings } from './substitute.js';

/** The ssh settings of a host: its own, else those of its groups, else those at the top, else the defaults. */
export function sshSettings(
  host: ExpandedHost,
  memberships: readonly Membership[],
  top: RawSsh,
  checking: Checking,
  surroundings: Surroundings,
): SshSettings {
  const pick = <K extends keyof RawSsh>(key: K): RawSsh[K] =>
    host.raw.ssh[key] ?? fromGroups(host, memberships, key, checking) ?? top[key];
  const path = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : localPath(file, surroundings);
  const password = pick('password');
  return {
    host: host.sshHost ?? host.address,
    port: pick('port'),
    user: pick('user'),
    identityFile: path(pick('identityFile')),
    passphrase: pick('passphrase'),
    password,
    sudoPassword: pick('sudoPassword') ?? password,
    hostKey: host.raw.ssh.hostKey,
    proxyJump: pick('proxyJump') ?? [],
    knownHostsFile: path(pick('knownHostsFile')),
    transport: pick('transport') ?? sshDefaults.transport,
    connectTimeout: pick('connectTimeout') ?? sshDefaults.connectTimeout,
  };
}

/** Groups have no order among each other, so that two of them may not say different things about one host. */
function fromGroups<K extends keyof RawSsh>(
  host: ExpandedHost,
  memberships: readonly Membership[],
  key: K,
  checking: Checking,
): RawSsh[K] | undefined {
  const [first, ...others] = memberships.filter(({ group }) => group.ssh[key] !== undefined);
  if (first === undefined) return undefined;
  const value = JSON.stringify(first.group.ssh[key]);
  const other = others.find(({ group }) => JSON.stringify(group.ssh[key]) !== value);
  if (other !== undefined)
    complainAt(checking, ['groups', other.name, 'ssh', key], {
      found: `${host.name} is in the groups ${first.name} and ${other.name}, which give it different values of "${key}"`,
      allowed: `the same value in both groups, or hosts.${host.pattern}.ssh.${key}, which goes before both`,
    });
  return first.group.ssh[key];
}

/** Reports hosts that are reached at one and the same place: they would be one host under two names. */
export function refuseSameTarget(
  hosts: readonly { readonly host: ExpandedHost; readonly ssh: SshSettings }[],
  checking: Checking,
): void {
  const seen = new Map<string, string>();
  const reported = new Set<string>();
  for (const { host, ssh } of hosts) {
    const target = JSON.stringify([ssh.proxyJump, ssh.host, ssh.port ?? 22]);
    const first = seen.get(target);
    if (first === undefined) seen.set(target, host.name);
    else if (host.sshHost !== undefined && !reported.has(host.pattern)) {
      reported.add(host.pattern);
      complainAt(checking, ['hosts', host.pattern, 'ssh', 'host'], {
        found: `${host.name} is reached at the same address and port as ${first}`,
        allowed: 'another ssh.host or another ssh.port for each host',
      });
    }
  }
}

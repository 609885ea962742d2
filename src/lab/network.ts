import { mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProvisionError } from '../errors.js';
import { errorCode } from './error-code.js';
import { runLocal } from './local.js';
import type { LabHost, LabNetwork } from './model.js';
import { NETWORKS, STATE_ROOT } from './paths.js';

const bridgeName = (number: number): string => `plab${number}`;
/**
 * Services and pods of Kubernetes: while nobody on the host answers for these, calls to them would leave the lab, and whoever
 * has such an address outside would get them.
 */
const CLUSTER_NETWORKS = ['10.96.0.0/12', '10.244.0.0/16'] as const;
/** What clouds tell their machines is not for lab hosts; names may be asked for there. */
const CLOUD_METADATA = '169.254.0.0/16';

const tableName = (number: number): string => `provision_lab_${number}`;

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
/** Exists while forwarding is on because a lab switched it on. */
const FORWARDING_WAS_OFF = join(STATE_ROOT, '.forwarding-was-off');

/**
 * Takes the first free network 10.77.N.0/24 for a lab, safely beside other labs that do the same.
 * @throws ProvisionError LAB_NETWORK when all 254 are taken.
 */
export async function claimNetwork(lab: string): Promise<LabNetwork> {
  await mkdir(NETWORKS, { recursive: true });
  const { stdout: addresses } = await runLocal(['ip', '-4', '-o', 'address', 'show']);
  const { stdout: routes } = await runLocal(['ip', '-4', 'route', 'show', 'table', 'all']);
  for (let number = 1; number <= 254; number += 1) {
    if (`${addresses}\n${routes}`.includes(` 10.77.${number}.`)) continue;
    if (!(await claim(number, lab))) continue;
    return { number, bridge: bridgeName(number), gateway: `10.77.${number}.1`, mtu: await wayOutMtu() };
  }
  throw new ProvisionError('LAB_NETWORK', 'All networks from 10.77.1.0/24 to 10.77.254.0/24 are in use.');
}

/** The networks that a lab has claimed: one, or none when its creation was broken off early. */
export async function networksOf(lab: string): Promise<number[]> {
  const names = await readdir(NETWORKS).catch((): string[] => []);
  const owners = await Promise.all(
    names.map(async (name) => [name, await readlink(join(NETWORKS, name))] as const),
  );
  return owners.filter(([, owner]) => owner === lab).map(([name]) => Number(name));
}

/** Makes the bridge and the way out; does nothing where they are (they are gone after a restart of the machine). */
export async function networkUp(network: LabNetwork): Promise<void> {
  const { bridge, gateway, mtu } = network;
  const there = await runLocal(['ip', 'link', 'show', bridge], { allowFailure: true });
  if (there.code !== 0) await runLocal(['ip', 'link', 'add', bridge, 'mtu', String(mtu), 'type', 'bridge']);
  await runLocal(['ip', 'address', 'replace', `${gateway}/24`, 'dev', bridge]);
  await runLocal(['ip', 'link', 'set', bridge, 'up']);
  await masquerade(network.number);
  await forward();
  await passFirewall(bridge, '-I');
}

/** Removes what `networkUp` made, as far as it is there, and gives the network back. */
export async function networkDown(number: number): Promise<void> {
  const bridge = bridgeName(number);
  await passFirewall(bridge, '-D');
  await runLocal(['nft', 'delete', 'table', 'ip', tableName(number)], { allowFailure: true });
  await runLocal(['ip', 'link', 'delete', bridge], { allowFailure: true });
  await rm(join(NETWORKS, String(number)), { force: true });
  if ((await readdir(NETWORKS)).length === 0) await restoreForwarding();
}

/** Drops every packet to and from a host without a sign at either end: connections freeze until `healNetwork`. */
export async function cutNetwork(host: LabHost): Promise<void> {
  await runLocal(['bridge', 'link', 'set', 'dev', `vb-${host.machine}`, 'state', '0']);
}

/** Ends what `cutNetwork` began. */
export async function healNetwork(host: LabHost): Promise<void> {
  await runLocal(['bridge', 'link', 'set', 'dev', `vb-${host.machine}`, 'state', '3']);
}

/** Removes a host's end of the network cable, which outlives a killed host for a moment. */
export async function unplug(host: LabHost): Promise<void> {
  await runLocal(['ip', 'link', 'delete', `vb-${host.machine}`], { allowFailure: true });
}

async function claim(number: number, lab: string): Promise<boolean> {
  try {
    await symlink(lab, join(NETWORKS, String(number)));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Packets larger than the way out takes would have to be cut up or vanish. */
async function wayOutMtu(): Promise<number> {
  const { stdout } = await runLocal(['ip', '-4', 'route', 'show', 'default']);
  const device = / dev (\S+)/.exec(stdout)?.[1];
  if (!device) return 1500;
  return Number(await readFile(`/sys/class/net/${device}/mtu`, 'utf8'));
}

/**
 * For what leaves the lab. Where the machine hands bridged packets to its firewall too, hosts may have routes to pods of each other, which
 * are nobody else's business.
 */
async function masquerade(number: number): Promise<void> {
  const leaving = `oifname != "${bridgeName(number)}" ip saddr 10.77.${number}.0/24`;
  const table = `table ip ${tableName(number)}`;
  const rules = `${table}
delete ${table}
${table} {
  chain postrouting {
    type nat hook postrouting priority 100
    ${leaving} ip daddr != 10.77.${number}.0/24 masquerade
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ${leaving} ip daddr { ${CLUSTER_NETWORKS.join(', ')} } reject
    ${leaving} ip daddr ${CLOUD_METADATA} tcp dport != 53 reject
  }
}
`;
  await runLocal(['nft', '-f', '-'], { input: rules });
}

async function forward(): Promise<void> {
  if ((await readFile(FORWARDING, 'utf8')).trim() === '1') return;
  await writeFile(FORWARDING_WAS_OFF, '');
  await writeFile(FORWARDING, '1');
}

async function restoreForwarding(): Promise<void> {
  const was = await readdir(STATE_ROOT);
  if (!was.includes('.forwarding-was-off')) return;
  await writeFile(FORWARDING, '0');
  await rm(FORWARDING_WAS_OFF, { force: true });
}

/** Where this machine drops what it forwards (Docker on it does that), the lab's bridge is let through. */
async function passFirewall(bridge: string, action: '-I' | '-D'): Promise<void> {
  const policy = await runLocal(['sh', '-c', 'command -v iptables >/dev/null && iptables -w -S FORWARD'], {
    allowFailure: true,
  });
  if (policy.code !== 0) return;
  for (const rule of [
    ['-i', bridge],
    ['-o', bridge],
  ]) {
    const known = policy.stdout.includes(`-A FORWARD ${rule.join(' ')} -j ACCEPT`);
    const wanted = action === '-I' ? !known && policy.stdout.includes('-P FORWARD DROP') : known;
    if (wanted) await runLocal(['iptables', '-w', action, 'FORWARD', ...rule, '-j', 'ACCEPT']);
  }
}

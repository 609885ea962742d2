import type { HostFacts, NetworkInterface } from '../../src/engine/facts.js';
import type { Host } from '../../src/inventory/inventory.js';
import { networkOf } from './addresses.js';
import type { Encapsulation, NetworkContext } from './context.js';

/**
 * Bytes that each way between nodes adds to a packet: vxlan has an Ethernet, an IP, a UDP and a header of its own, flannel's
 * udp an IP and a UDP header, ipip an IP header; Weave Net's 1376 of 1500 is its own default.
 */
export const OVERHEAD: Readonly<Record<Encapsulation, number>> = {
  none: 0,
  ipip: 20,
  udp: 28,
  vxlan: 50,
  weave: 124,
};

/** The interface that holds the private address of the inventory, with that address's network. */
export interface PrivateInterface extends NetworkInterface {
  /** 10.0.0.0/24; undefined for IPv6. */
  readonly network: string | undefined;
}

/** undefined when no interface holds it. */
export function privateInterface(
  { address }: Host,
  { interfaces }: Pick<HostFacts, 'interfaces'>,
): PrivateInterface | undefined {
  for (const each of interfaces) {
    const held = each.addresses.find((text) => text.split('/')[0] === address);
    if (held !== undefined) return { ...each, network: networkOf(held) };
  }
  return undefined;
}

/** The same for each node that is known. */
export function knownInterfaces({ members, facts }: NetworkContext): ReadonlyMap<string, PrivateInterface> {
  const pairs = members.all.flatMap((host): [string, PrivateInterface][] => {
    const known = facts.get(host.name);
    const found = known === undefined ? undefined : privateInterface(host, known);
    return found === undefined ? [] : [[host.name, found]];
  });
  return new Map(pairs);
}

/** The largest packet that a pod of the host may send; undefined while the host is not known. */
export function podMtu(host: Host, context: NetworkContext): number | undefined {
  return context.settings.mtu ?? largestMtu(host, context);
}

/** The largest that fits through the host's interface. */
export function largestMtu(host: Host, context: NetworkContext): number | undefined {
  const { mtu } = knownInterfaces(context).get(host.name) ?? {};
  return mtu === undefined || mtu === 0 ? undefined : mtu - OVERHEAD[context.encapsulation];
}

import type { HostFacts, NetworkInterface } from './facts.js';

type Files = ReadonlyMap<string, readonly string[]>;

/**
 * The interfaces of a host.
 * @param addresses lines of `ip -o addr`, empty where there is no `ip`.
 * @param files the lines of /sys/class/net/NAME/mtu, and of /proc/net/fib_trie and if_inet6 where there is no `ip`.
 */
export function parseInterfaces(addresses: readonly string[], files: Files): readonly NetworkInterface[] {
  const byName = new Map<string, string[]>();
  for (const path of files.keys()) {
    const name = /^\/sys\/class\/net\/([^/]+)\/mtu$/.exec(path)?.[1];
    if (name !== undefined) byName.set(name, []);
  }
  for (const { name, address } of [...ipAddresses(addresses), ...procAddresses(files)]) {
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [address]);
    else if (!known.includes(address)) known.push(address);
  }
  return [...byName].map(([name, list]) => ({
    name,
    mtu: toNumber(files.get(`/sys/class/net/${name}/mtu`)?.[0]),
    addresses: list,
  }));
}

interface InterfaceAddress {
  readonly name: string;
  readonly address: string;
}

/** `2: eth0    inet 10.0.0.11/24 brd ...`; a point-to-point address is `inet 10.0.0.1 peer 10.0.0.2/32`. */
function ipAddresses(lines: readonly string[]): InterfaceAddress[] {
  return lines.flatMap((line) => {
    const [, name, family, address, peer] =
      /^\d+: (\S+?)(?:@\S+)?\s+(inet6?) ([0-9a-fA-F.:]+(?:\/\d+)?)(?: peer \S+?(\/\d+))?/.exec(line) ?? [];
    if (name === undefined || address === undefined) return [];
    const prefix = peer ?? (family === 'inet6' ? '/128' : '/32');
    return [{ name, address: address.includes('/') ? address : address + prefix }];
  });
}

function procAddresses(files: Files): InterfaceAddress[] {
  return [
    ...ipv4Addresses(files.get('/proc/net/fib_trie') ?? [], files.get('/proc/net/route') ?? []),
    ...(files.get('/proc/net/if_inet6') ?? []).flatMap((line) => {
      const [hex = '', , prefix = '', , , name] = line.trim().split(/\s+/);
      if (name === undefined || !/^[0-9a-f]{32}$/.test(hex)) return [];
      return [{ name, address: `${ipv6Text(hex)}/${Number.parseInt(prefix, 16) || 128}` }];
    }),
  ];
}

/** The kernel lists local addresses without their interface; the connected route that covers one tells it. */
function ipv4Addresses(trie: readonly string[], routes: readonly string[]): InterfaceAddress[] {
  const connected = parseRoutes(routes)
    .filter((route) => route.gateway === '0.0.0.0' && route.prefix > 0)
    .toSorted((a, b) => b.prefix - a.prefix);
  const local = new Set<string>();
  trie.forEach((line, index) => {
    const address = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1];
    if (address !== undefined && /\/32 host LOCAL/.test(trie[index + 1] ?? '')) local.add(address);
  });
  return [...local].flatMap((address) => {
    if (address.startsWith('127.')) return [{ name: 'lo', address: `${address}/8` }];
    const route = connected.find(({ destination, prefix }) => covers(destination, prefix, address));
    return route === undefined ? [] : [{ name: route.interface, address: `${address}/${route.prefix}` }];
  });
}

/** The IPv4 default route of lowest metric, or the IPv6 one where there is no other. */
export function parseDefaultRoute(
  ipv4: readonly string[],
  ipv6: readonly string[],
): HostFacts['defaultRoute'] {
  const routes = parseRoutes(ipv4).filter((route) => route.prefix === 0);
  const best = (routes.length > 0 ? routes : parseIpv6Defaults(ipv6)).toSorted(
    (a, b) => a.metric - b.metric,
  )[0];
  return best === undefined ? undefined : { interface: best.interface, gateway: best.gateway };
}

interface Route {
  readonly interface: string;
  readonly destination: string;
  readonly prefix: number;
  readonly gateway: string;
  readonly metric: number;
}

/** Columns of /proc/net/route: Iface Destination Gateway Flags RefCnt Use Metric Mask. */
function parseRoutes(lines: readonly string[]): Route[] {
  return lines.flatMap((line) => {
    const [name, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/);
    if (name === undefined || ![destination, gateway, mask].every((hex) => /^[0-9A-F]{8}$/.test(hex ?? '')))
      return [];
    // RTF_UP, and not RTF_REJECT.
    if ((Number.parseInt(flags ?? '0', 16) & 0x201) !== 0x1) return [];
    const bits = Number.parseInt(mask ?? '0', 16).toString(2);
    return [
      {
        interface: name,
        destination: ipv4Text(destination ?? ''),
        prefix: bits.replaceAll('0', '').length,
        gateway: ipv4Text(gateway ?? ''),
        metric: toNumber(metric),
      },
    ];
  });
}

/** Columns of /proc/net/ipv6_route: destination, its length, source, its length, next hop, metric, ..., device. */
function parseIpv6Defaults(lines: readonly string[]): Route[] {
  return lines.flatMap((line) => {
    const [destination, length, , , nextHop = '', metric = ''] = line.trim().split(/\s+/);
    const name = line.trim().split(/\s+/)[9];
    if (name === undefined || name === 'lo' || destination !== '0'.repeat(32) || length !== '00') return [];
    if (!/^[0-9a-f]{32}$/.test(nextHop)) return [];
    return [
      {
        interface: name,
        destination: '::',
        prefix: 0,
        gateway: ipv6Text(nextHop),
        metric: Number.parseInt(metric, 16),
      },
    ];
  });
}

/** /proc/net/route has the bytes in the machine's order, which is the little end first on all that we run on. */
function ipv4Text(hex: string): string {
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}

/** In the short form of RFC 5952. */
function ipv6Text(hex: string): string {
  const groups = hex.match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

function covers(network: string, prefix: number, address: string): boolean {
  const shift = 2 ** (32 - prefix);
  return Math.floor(ipv4Number(network) / shift) === Math.floor(ipv4Number(address) / shift);
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toNumber(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0;
}

import { isIPv4 } from 'node:net';

/** The network of `10.0.0.11/24` as `10.0.0.0/24`; undefined for anything but IPv4 with a prefix length. */
export function networkOf(text: string): string | undefined {
  const [address = '', length = ''] = text.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined;
  const size = 2 ** (32 - Number(length));
  return `${textOf(Math.floor(numberOf(address) / size) * size)}/${Number(length)}`;
}

/** The first address of a network, which its bridge has: `10.244.1.0/24` gives `10.244.1.1/24`. */
export function gatewayOf(network: string): string | undefined {
  const [base, length] = networkOf(network)?.split('/') ?? [];
  return base === undefined || length === undefined ? undefined : `${textOf(numberOf(base) + 1)}/${length}`;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

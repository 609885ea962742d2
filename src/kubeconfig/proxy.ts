import { isIP } from 'node:net';
import type { Environment } from '../pitfalls/pitfall.js';

/**
 * The proxy that kubectl would ask for this server, by the variables of this environment; undefined when it asks none. As Go's
 * net/http reads them.
 */
export function proxyFor(server: string, env: Environment): string | undefined {
  const proxy = env['HTTPS_PROXY'] ?? env['https_proxy'];
  if (proxy === undefined || proxy === '') return undefined;
  const { hostname, port } = new URL(server);
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (name === 'localhost' || name.startsWith('127.') || name === '::1') return undefined;
  const exceptions = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').map((word) => word.trim());
  return exceptions.some((exception) => covers(exception, name, port)) ? undefined : proxy;
}

function covers(exception: string, name: string, port: string): boolean {
  if (exception === '') return false;
  if (exception === '*') return true;
  if (exception.includes('/')) return inNetwork(exception, name);
  const [, word = exception, only] = /^([^:]+|\[.*\])(?::(\d+))?$/.exec(exception) ?? [];
  if (only !== undefined && only !== port) return false;
  if (isIP(name) !== 0) return word.replace(/^\[(.*)\]$/, '$1') === name;
  const domain = word.replace(/^\*?\./, '').toLowerCase();
  return name.endsWith(`.${domain}`) || (!/^\*?\./.test(word) && name === domain);
}

/** Of IPv4 alone. */
function inNetwork(network: string, name: string): boolean {
  const [base = '', length = ''] = network.split('/');
  if (isIP(base) !== 4 || isIP(name) !== 4) return false;
  const shift = 32 - Number(length);
  const bits = (address: string): number =>
    Math.floor(address.split('.').reduce((all, part) => all * 256 + Number(part), 0) / 2 ** shift);
  return bits(base) === bits(name);
}

/** The address to put into NO_PROXY. */
export function exceptionFor(server: string): string {
  return new URL(server).hostname.replace(/^\[(.*)\]$/, '$1');
}

import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Host, Inventory } from '../inventory/inventory.js';

const PORT = 6443;

/**
 * Addresses of the API server, the one that an operator most likely reaches first: by which the operator comes to the host, when no
 * host lies between and the certificate names it; the endpoint that the inventory gives the cluster; the private address.
 */
export function serverAddresses(
  host: Host,
  { kubernetes }: Inventory,
  names: readonly string[],
): readonly string[] {
  const { ssh, address } = host;
  const byWay = ssh.proxyJump.length === 0 && names.includes(ssh.host) ? [url(ssh.host, PORT)] : [];
  const { controlPlaneEndpoint: endpoint } = kubernetes;
  const byEndpoint = endpoint === undefined ? [] : [endpointUrl(endpoint)];
  return [...new Set([...byWay, ...byEndpoint, url(address, PORT)])];
}

/** HOST, HOST:PORT, or an address of IPv6 with or without brackets. */
function endpointUrl(endpoint: string): string {
  if (isIP(endpoint) !== 0) return url(endpoint, PORT);
  const [, name = endpoint, port] = /^(.*?)(?::(\d+))?$/.exec(endpoint) ?? [];
  return url(name.replace(/^\[(.*)\]$/, '$1'), port === undefined ? PORT : Number(port));
}

function url(name: string, port: number): string {
  return `https://${isIP(name) === 6 ? `[${name}]` : name}:${port}`;
}

/** The names and addresses for which a certificate is valid; none when it is none. */
export function namesOf(certificate: string): readonly string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(certificate);
    return subjectAltName
      .split(', ')
      .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
      .filter((name) => name !== '');
  } catch {
    return [];
  }
}

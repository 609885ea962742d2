import type { Task } from '../src/engine/task.js';
import type { Inventory, ProxySettings } from '../src/inventory/inventory.js';
import { file } from '../src/tasks/file.js';
import { absentFile } from './absent-file.js';
import { endpoint } from './kubernetes/cluster/endpoint.js';
import { hostsWithRole } from './roles.js';

/**
 * What must not go through the proxy: the host itself, every host by name and address, the cluster's own networks, and
 * what the inventory adds. Without it a proxy swallows the API server: pitfall kubectl-tls-timeout.
 */
export function noProxy(inventory: Inventory): readonly string[] {
  const { hosts, kubernetes, proxy } = inventory;
  const all = [
    'localhost',
    '127.0.0.1',
    '::1',
    ...hosts.flatMap(({ name, address }) => [name, address]),
    ...clusterEndpoint(inventory),
    kubernetes.serviceSubnet,
    kubernetes.podSubnet,
    '.svc',
    `.${kubernetes.dnsDomain}`,
    ...(proxy?.noProxy ?? []),
  ];
  return [...new Set(all)];
}

/** The host by which nodes reach the API server. */
function clusterEndpoint(inventory: Inventory): readonly string[] {
  if (hostsWithRole(inventory, ['control-plane']).length === 0) return [];
  return [endpoint({ inventory }).replace(/:\d+$/, '').replaceAll(/[[\]]/g, '')];
}

/** apt.conf(5) for the proxy; empty without one. */
export function aptProxy({ proxy }: Inventory): string {
  if (proxy === undefined) return '';
  const lines = [
    ...setting('Acquire::http::Proxy', proxy.http),
    ...setting('Acquire::https::Proxy', proxy.https),
    ...proxy.noProxy
      .filter((name) => /^[\w.-]+$/.test(name) && !name.startsWith('.'))
      .flatMap((name) => [
        ...setting(`Acquire::http::Proxy::${name}`, 'DIRECT'),
        ...setting(`Acquire::https::Proxy::${name}`, 'DIRECT'),
      ]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function setting(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} "${value}";`];
}

/** A drop-in for the unit of the engine, which pulls the images; empty without a proxy. systemd reads % as a specifier. */
export function dockerProxy(inventory: Inventory): string {
  const { proxy } = inventory;
  if (proxy === undefined) return '';
  const variables = [
    ...(proxy.http === undefined ? [] : [`HTTP_PROXY=${proxy.http}`]),
    ...(proxy.https === undefined ? [] : [`HTTPS_PROXY=${proxy.https}`]),
    `NO_PROXY=${noProxy(inventory).join(',')}`,
  ];
  return `[Service]\n${variables.map((each) => `Environment="${each.replaceAll('%', '%%')}"\n`).join('')}`;
}

/** The file `path` that holds the secret `id`; no file without a proxy. */
export function proxyFile(id: string, path: string, { proxy }: Inventory): Task {
  if (proxy === undefined) return absentFile({ id, path });
  const mode = hasPassword(proxy) ? '0600' : '0644';
  return file({ id, path, mode, content: { secret: id }, prevents: ['hosts-registry-blocked'] });
}

function hasPassword({ http, https }: ProxySettings): boolean {
  return [http, https].some((url) => url !== undefined && URL.canParse(url) && new URL(url).password !== '');
}

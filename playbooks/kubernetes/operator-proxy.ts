import type { Inventory } from '../../src/inventory/inventory.js';
import { serverAddresses } from '../../src/kubeconfig/addresses.js';
import { leadsTo } from '../../src/kubeconfig/ask-proxy.js';
import { proxyLines } from '../../src/kubeconfig/explain.js';
import { proxyFor } from '../../src/kubeconfig/proxy.js';
import type { Environment } from '../../src/pitfalls/pitfall.js';
import { hostsWithRole } from '../roles.js';

/** Would kubectl on this machine ask a proxy for the API server, and does that not lead there? A cluster that is not ours to reach has none. */
export async function operatorProxyProbe(inventory: Inventory, env: Environment): Promise<readonly string[]> {
  const [first] = hostsWithRole(inventory, ['control-plane']);
  if (first === undefined) return [];
  const [server] = serverAddresses(first, inventory, [first.ssh.host]);
  const proxy = server === undefined ? undefined : proxyFor(server, env);
  if (server === undefined || proxy === undefined || (await leadsTo(proxy, server))) return [];
  return proxyLines(server, proxy);
}

import type { HostFacts } from '../../../../src/engine/facts.js';
import type { KubernetesSettings, NetworkSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { type NetworkContext, networkContext } from '../../../../playbooks/network/context.js';
import { POD_SUBNETS } from '../../../../playbooks/network/subnets.js';
import { anInventory, factsOf, kubernetesSettings, networkSettings } from '../fixtures.js';

export interface Variant {
  readonly kubernetes?: Partial<KubernetesSettings>;
  readonly network?: Partial<NetworkSettings>;
  readonly facts?: Readonly<Record<string, Partial<HostFacts>>>;
  /** What the cluster says of its nodes; undefined: it is not there yet. */
  readonly nodes?: string | undefined;
}

/** Lines of the output that each of the three nodes has its part of the network. */
export const NODES = ['node1 10.244.0.0/24 u1', 'node2 10.244.1.0/24 u2', 'node3 10.244.2.0/24 u3'].join(
  '\n',
);

/** Three nodes, as in the lab, with Kubernetes 1.20.2. */
export function aNetworkContext({ kubernetes, network, facts, nodes }: Variant = {}): NetworkContext {
  const inventory = anInventory({
    kubernetes: { ...kubernetesSettings, version: '1.20.2', ...kubernetes },
    network: { ...networkSettings, ...network },
  });
  const outputs = nodes === undefined ? new Map() : new Map([['node1', new Map([[POD_SUBNETS, nodes]])]]);
  const context = networkContext({ inventory, facts: factsOf(inventory, facts), outputs });
  if (context === undefined) throw new Error('the inventory has no network');
  return context;
}

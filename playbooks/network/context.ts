import type { PlaybookContext } from '../../src/engine/play.js';
import type { NetworkPlugin, NetworkSettings } from '../../src/inventory/kubernetes-settings.js';
import { type KubernetesContext, kubernetesContext } from '../kubernetes/context.js';

/** How packets of pods travel between nodes. `none`: as they are, by routes of the hosts. */
export type Encapsulation = 'vxlan' | 'udp' | 'ipip' | 'weave' | 'none';

/** What the plays of this stage are made from. */
export interface NetworkContext extends KubernetesContext {
  readonly settings: NetworkSettings;
  readonly plugin: Exclude<NetworkPlugin, 'none'>;
  readonly encapsulation: Encapsulation;
}

/** undefined when the inventory has no Kubernetes, or leaves the network to the operator. */
export function networkContext(context: PlaybookContext): NetworkContext | undefined {
  const settings = context.inventory.network;
  const { plugin } = settings;
  const kubernetes = kubernetesContext(context);
  if (kubernetes === undefined || plugin === 'none') return undefined;
  return { ...kubernetes, settings, plugin, encapsulation: encapsulation(plugin, settings.backend) };
}

function encapsulation(plugin: NetworkPlugin, backend: NetworkSettings['backend']): Encapsulation {
  if (plugin === 'routes') return 'none';
  if (plugin === 'weave') return 'weave';
  if (plugin === 'cilium') return 'vxlan';
  return backend === 'host-gw' ? 'none' : (backend ?? 'vxlan');
}

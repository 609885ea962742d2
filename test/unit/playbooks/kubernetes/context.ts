import { type KubernetesContext, kubernetesContext } from '../../../../playbooks/kubernetes/context.js';
import type { HostFacts } from '../../../../src/engine/facts.js';
import type { Inventory } from '../../../../src/inventory/inventory.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { aHost, anInventory, factsOf, kubernetesSettings } from '../fixtures.js';

/** One control plane that also works, and two workers. */
export const ONE = anInventory().hosts;
/** Three control planes that do not work, and a worker with a taint of its own. */
export const THREE = [
  aHost('cp1', '10.0.0.11', ['control-plane']),
  aHost('cp2', '10.0.0.12', ['control-plane']),
  aHost('cp3', '10.0.0.13', ['control-plane']),
  { ...aHost('gpu1', '10.0.0.21', ['worker']), taints: ['gpu=yes:NoSchedule'] },
];

/** The stage with these settings; the name of the first control plane has the given outputs. */
export function aContext(
  settings: Partial<KubernetesSettings>,
  {
    hosts = ONE,
    facts = {},
    outputs = {},
    inventory = {},
  }: {
    hosts?: Inventory['hosts'];
    facts?: Partial<HostFacts>;
    outputs?: Readonly<Record<string, string>>;
    inventory?: Partial<Inventory>;
  } = {},
): KubernetesContext {
  const all = anInventory({ ...inventory, hosts, kubernetes: { ...kubernetesSettings, ...settings } });
  const [first] = hosts;
  const context = kubernetesContext({
    inventory: all,
    facts: factsOf(all, { '*': facts }),
    outputs: new Map([[first?.name ?? '', new Map(Object.entries(outputs))]]),
  });
  if (context === undefined) throw new Error('no control plane');
  return context;
}

import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { hasRole, hostsWithRole, KUBERNETES } from '../roles.js';

/** Which hosts are what in the cluster. */
export interface KubernetesMembers {
  /** The first control plane: where the cluster begins, and where it is asked and told. */
  readonly first: Host;
  readonly controlPlanes: readonly Host[];
  /** Nodes that are not control planes. */
  readonly workers: readonly Host[];
  /** Control planes, then workers, each in the order of the inventory. */
  readonly all: readonly Host[];
}

/** undefined when the inventory has no Kubernetes. */
export function kubernetesMembers(inventory: Inventory): KubernetesMembers | undefined {
  const controlPlanes = hostsWithRole(inventory, ['control-plane']);
  const [first] = controlPlanes;
  if (first === undefined) return undefined;
  const workers = hostsWithRole(inventory, KUBERNETES).filter((host) => !hasRole(host, ['control-plane']));
  return { first, controlPlanes, workers, all: [...controlPlanes, ...workers] };
}

import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { managedBlock } from '../../../src/tasks/managed-block.js';
import type { KubernetesContext } from '../context.js';

const PORT = 6443;

/** HOST:PORT by which nodes reach a control plane that answers. */
export function endpoint({ inventory }: Pick<KubernetesContext, 'inventory'>): string {
  const given = inventory.kubernetes.controlPlaneEndpoint;
  if (given === undefined) return `${ownName(inventory.cluster)}:${PORT}`;
  return /:\d+$/.test(given) && !/^[^[]*:.*:/.test(given) ? given : `${given}:${PORT}`;
}

function ownName(cluster: string): string {
  return `api.${cluster}`;
}

/**
 * Without a load balancer of the user's, a name in /etc/hosts has the addresses of all control planes: who calls it tries one
 * after the other, so that a dead one costs seconds and not the cluster. A cluster that begins with one control plane
 * can have more later, since its certificates and credentials name no single host.
 */
export function endpointName(host: Host, { inventory, members }: KubernetesContext): readonly Task[] {
  if (inventory.kubernetes.controlPlaneEndpoint !== undefined) return [];
  const name = ownName(inventory.cluster);
  // Itself first: while a cluster begins, nobody else answers.
  const others = members.controlPlanes.filter((each) => each !== host);
  const order = members.controlPlanes.includes(host) ? [host, ...others] : others;
  return [
    managedBlock({
      id: 'kubernetes-endpoint',
      title: `${name} leads to the control planes`,
      path: '/etc/hosts',
      name: 'kubernetes',
      content: order.map(({ address }) => `${address}\t${name}`).join('\n'),
    }),
  ];
}

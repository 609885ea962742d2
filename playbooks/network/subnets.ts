import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { KUBECTL } from '../kubernetes/kubectl.js';
import { networkOf } from './addresses.js';
import { verdict } from '../verdict.js';
import type { NetworkContext } from './context.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./subnets.sh', import.meta.url), 'utf8')));

/** Id of the task, and the name of its output. */
export const POD_SUBNETS = 'network-pod-subnets';

/** A node as the cluster has it. */
export interface ClusterNode {
  readonly name: string;
  /** 10.244.1.0/24; undefined when it has none. */
  readonly podSubnet: string | undefined;
  /** Another one when the node is made anew. */
  readonly uid: string;
}

/** The node has its part; a cluster that does not give any out leaves flannel and the routes without one. */
export function hasSubnet(host: Host, context: NetworkContext): Task {
  const node = clusterNodes(context).find(({ name }) => name === host.name);
  return verdict({
    id: 'network-subnet',
    title: 'the node has a part of the network of pods',
    prevents: ['flannel-node-not-found'],
    problem:
      node === undefined || node.podSubnet !== undefined
        ? undefined
        : `The node ${host.name} has no part of the network of pods (no spec.podCIDR), and gets none: node "${host.name}" pod cidr not assigned. The controller manager gives it out only when it was started with --allocate-node-cidrs and a --cluster-cidr that has room for all nodes.`,
  });
}

/** Each node has its part of the pods' network, where the plugin makes use of it; which, is what this hands to later plays. */
export function podSubnets({ members, plugin }: NetworkContext): Task {
  const names = plugin === 'flannel' || plugin === 'routes' ? members.all.map(({ name }) => name) : [];
  return command({
    id: POD_SUBNETS,
    title: 'each node has a part of the network of pods',
    timeout: { check: 130 },
    check: sh`${FUNCTIONS}
check_subnets ${names}`,
    output: {
      name: POD_SUBNETS,
      secret: false,
      read: sh`${FUNCTIONS}
tell_nodes`,
    },
  });
}

/** The nodes of the cluster, as far as it could be asked; empty before it is there. */
export function clusterNodes({ members, outputs }: NetworkContext): readonly ClusterNode[] {
  const printed = outputs.get(members.first.name)?.get(POD_SUBNETS) ?? '';
  return printed.split('\n').flatMap((line) => {
    const [name, subnet = '', uid] = line.trim().split(' ');
    if (name === undefined || uid === undefined) return [];
    return [{ name, podSubnet: networkOf(subnet), uid }];
  });
}

/** The part of one node; undefined while it is not known. */
export function podSubnetOf({ name }: Host, context: NetworkContext): string | undefined {
  return clusterNodes(context).find((node) => node.name === name)?.podSubnet;
}

import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { verdict } from '../verdict.js';
import type { KubernetesContext } from './context.js';
import { KUBECTL } from './kubectl.js';

const FUNCTIONS = lines(
  KUBECTL,
  rawScript(readFileSync(new URL('./reset-cluster.sh', import.meta.url), 'utf8')),
);

/** Seconds: as long as pods may take to go, and the calls around that. */
const NODE_TIMEOUT = 300;

/** Is this host none of those that are reset? */
export function stays({ name }: Host, hosts: readonly Host[]): boolean {
  return !hosts.some((host) => host.name === name);
}

/** A first control plane without a cluster begins one, so `up` would make a second cluster beside the one that stays. */
export function firstStays({ members }: KubernetesContext, hosts: readonly Host[]): Task {
  const { first, controlPlanes } = members;
  const staying = controlPlanes.filter((host) => stays(host, hosts)).map(({ name }) => name);
  const problem =
    staying.length === 0 || stays(first, hosts)
      ? undefined
      : `${first.name} is the first control plane of the inventory, where "provision up" begins a cluster, and ${staying.join(', ')} would stay in the present one. Move ${staying[0] ?? ''} in front of it in the inventory, and reset ${first.name} then; or reset all control planes.`;
  return verdict({
    id: 'kubernetes-reset-first',
    title: 'the control plane where a cluster begins does not leave one behind',
    problem,
  });
}

/** What the cluster has of a host, told on a control plane that stays. */
export function clusterTasks(host: Host, { members, release }: KubernetesContext): readonly Task[] {
  const { name } = host;
  return [
    command({
      id: `kubernetes-reset-node-${name}`,
      title: `the cluster has no node ${name}`,
      timeout: { check: 90, apply: NODE_TIMEOUT },
      check: sh`${FUNCTIONS}
check_node_gone ${name}`,
      apply: sh`${FUNCTIONS}
remove_node ${[name, release.minor]}`,
    }),
    ...(members.controlPlanes.includes(host) ? [noMember(name)] : []),
  ];
}

function noMember(name: string): Task {
  return command({
    id: `kubernetes-reset-etcd-${name}`,
    title: `${name} is no member of etcd, and no control plane to kubeadm`,
    timeout: { check: 60 },
    check: sh`${FUNCTIONS}
check_member_gone ${name}`,
    apply: sh`${FUNCTIONS}
remove_member ${name}`,
  });
}

import type { Play, Playbook } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { KUBERNETES_EVENTS } from '../events.js';
import { verdict } from '../verdict.js';
import { certificateNotes } from './certificates.js';
import { controlPlaneArguments } from './cluster/arguments.js';
import { endpointName } from './cluster/endpoint.js';
import { clusterBegun } from './cluster/init.js';
import { oldToken } from './cluster/old-token.js';
import { type KubernetesContext, kubernetesContext } from './context.js';
import { images } from './images/images.js';
import { KUBERNETES_ACCESS } from './kubectl.js';
import { kubeletRestart, kubeletSettings, kubeletService } from './kubelet/tasks.js';
import { kubernetesMembers } from './members.js';
import { memberState, oneCluster } from './member/state.js';
import { joined, joinSecrets } from './nodes/join.js';
import { joinData } from './nodes/join-data.js';
import { nodeMarks } from './nodes/marks.js';
import { kubernetesPackages } from './packages.js';
import { kubernetesSource } from './package-source.js';
import { pitfalls } from './pitfalls.js';
import { nodesWell } from './proof/nodes.js';
import { freshWatches } from './cluster/watches.js';
import { proxyNetwork } from './cluster/proxy-network.js';
import { releaseProblem } from './releases.js';
import { reset } from './reset.js';
import { runtimeSecrets, runtimeTasks } from './runtime/tasks.js';
import { kubeadmSettings } from './settings.js';
import { status } from './status.js';

/** Hosts with the roles control-plane and worker become one cluster of Kubernetes, which waits for its pod network. */
export const kubernetes: Playbook = {
  stage: 'kubernetes',
  title: 'Kubernetes by kubeadm',
  needs: ['hosts', 'docker'],
  hosts: (inventory) => kubernetesMembers(inventory)?.all ?? [],
  plays: (context) => {
    const own = kubernetesContext(context);
    return own === undefined ? [] : plays(own);
  },
  packages: ['kubeadm', 'kubelet', 'kubectl', 'cri-dockerd'],
  pitfalls,
  reset,
  status,
  access: KUBERNETES_ACCESS,
  clusterLog: KUBERNETES_EVENTS,
};

function plays(context: KubernetesContext): readonly Play[] {
  const { first, controlPlanes, workers, all } = context.members;
  return [
    {
      id: 'kubernetes-preflight',
      title: 'What must be true before anything is changed',
      hosts: all,
      tasks: (host) => [releaseFits(host, context), memberState(host, context)],
    },
    {
      id: 'kubernetes-one-cluster',
      title: 'No host is a member of another cluster',
      hosts: all,
      tasks: (host) => [oneCluster(host, context)],
    },
    {
      id: 'kubernetes-packages',
      title: 'Packages, container runtime, kubelet, images',
      hosts: all,
      tasks: (host) => [
        ...endpointName(host, context),
        ...kubernetesSource(host, context),
        kubernetesPackages(context),
        ...runtimeTasks(host, context),
        ...kubeletSettings(host, context),
        ...images(host, context),
      ],
      handlers: () => [kubeletRestart(context)],
      secrets: () => runtimeSecrets(context),
    },
    {
      id: 'kubernetes-cluster',
      title: 'The first control plane',
      hosts: [first],
      tasks: () => [
        ...kubeadmSettings(first, context),
        ...(context.release.configApi === undefined ? [oldToken()] : []),
        clusterBegun(context),
        proxyNetwork(context),
        joinData(context),
      ],
    },
    joinPlay(
      'kubernetes-control-planes',
      'Further control planes',
      'serial',
      controlPlanes.slice(1),
      context,
    ),
    {
      id: 'kubernetes-watches',
      title: 'The first API server hears of every change',
      hosts: [first],
      tasks: () => freshWatches(context),
    },
    joinPlay('kubernetes-workers', 'Workers', 'all', workers, context),
    {
      id: 'kubernetes-arguments',
      title: 'The control planes run with the arguments of the inventory',
      order: 'serial',
      hosts: controlPlanes,
      tasks: (host) => controlPlaneArguments(host, context),
    },
    {
      id: 'kubernetes-kubelet',
      title: 'kubelet runs, and starts with the host',
      hosts: all,
      tasks: (host) => [
        kubeletService(host, context),
        ...(controlPlanes.includes(host) ? [certificateNotes()] : []),
      ],
    },
    {
      id: 'kubernetes-nodes',
      title: 'Labels, taints, and the state of all nodes',
      hosts: [first],
      tasks: () => [...nodeMarks(context), nodesWell(context)],
    },
  ];
}

function joinPlay(
  id: string,
  title: string,
  order: Play['order'],
  hosts: readonly Host[],
  context: KubernetesContext,
): Play {
  const isControlPlane = (host: Host): boolean => context.members.controlPlanes.includes(host);
  return {
    id,
    title,
    order,
    hosts,
    tasks: (host) => [...(isControlPlane(host) ? kubeadmSettings(host, context) : []), joined(host, context)],
    secrets: (host) => joinSecrets(host, context),
  };
}

function releaseFits(host: Host, { inventory, facts, members }: KubernetesContext): Task {
  const known = facts.get(host.name);
  return verdict({
    id: 'kubernetes-release',
    title: 'this release of Kubernetes can be had for, and runs on, this host',
    problem:
      known === undefined
        ? undefined
        : releaseProblem(inventory.kubernetes, known, members.controlPlanes.length),
  });
}

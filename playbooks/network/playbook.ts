import type { Play, Playbook } from '../../src/engine/play.js';
import { kubernetesMembers } from '../kubernetes/members.js';
import { type NetworkContext, networkContext } from './context.js';
import { PROXY } from './fetched/tasks.js';
import { pitfalls } from './pitfalls.js';
import { beforePlugin, onNode, PLUGIN, pluginTasks } from './plugin.js';
import { preflight } from './preflight.js';
import { networkProven } from './proof/proof.js';
import { networkReady } from './ready.js';
import { podSubnets } from './subnets.js';

/** Pods reach each other on all nodes, proven pair by pair. */
export const network: Playbook = {
  stage: 'network',
  title: 'The network of pods',
  needs: ['kubernetes'],
  hosts: (inventory) =>
    inventory.network.plugin === 'none' ? [] : (kubernetesMembers(inventory)?.all ?? []),
  plays: (context) => {
    const own = networkContext(context);
    return own === undefined ? [] : plays(own);
  },
  packages: ['kubelet'],
  pitfalls,
};

function plays(context: NetworkContext): readonly Play[] {
  const { members, inventory } = context;
  const proxy = inventory.proxy?.https ?? inventory.proxy?.http;
  return [
    {
      id: 'network-preflight',
      title: 'What must be true before pods get a network',
      hosts: members.all,
      tasks: (host) => [...preflight(host, context), ...beforePlugin(host, context)],
    },
    {
      id: 'network-subnets',
      title: 'Which part of the network each node has',
      hosts: [members.first],
      tasks: () => [podSubnets(context)],
    },
    // What has gone wrong on a node keeps the plugin there from coming up, so it is repaired first.
    {
      id: 'network-nodes',
      title: 'Each node gives its pods addresses of its own part',
      hosts: members.all,
      tasks: (host) => onNode(host, context),
    },
    {
      id: 'network-plugin',
      title: 'The plugin is in the cluster',
      hosts: [members.first],
      tasks: () => pluginTasks(context),
      secrets: () => (proxy === undefined ? {} : { [PROXY]: proxy }),
    },
    {
      id: 'network-proof',
      title: 'Every pod reaches every other',
      hosts: [members.first],
      tasks: () => [networkReady(context, changes(context)), networkProven(context)],
    },
  ];
}

/** Tasks that bring the network about: while one of them has something to do, nodes may not be ready. */
function changes(context: NetworkContext): readonly string[] {
  const onNodes = context.members.all.flatMap((host) =>
    onNode(host, context).map(({ id }) => `${host.name}:${id}`),
  );
  return [...pluginTasks(context).map(({ id }) => id), PLUGIN, ...onNodes];
}

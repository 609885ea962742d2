import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { manifest } from '../../src/tasks/manifest.js';
import type { NetworkContext } from './context.js';
import { fetchedRelease } from './fetched/releases.js';
import { CNI_FILES, fetchedTasks } from './fetched/tasks.js';
import { DAEMON_SET, flannelObjects } from './flannel/manifests.js';
import { flannelRelease } from './flannel/releases.js';
import { manifestText } from './manifest-text.js';
import { bridgeTasks, configTasks, flannelSubnet } from './nodes/tasks.js';
import { cniFile } from './routes/files.js';
import { whileJoining } from './while-joining.js';
import { forwardTasks, routeTasks } from './routes/tasks.js';
import { hasSubnet } from './subnets.js';

/** Id of the task that brings the plugin into the cluster, whichever it is. */
export const PLUGIN = 'network-plugin';
/** Names of the networks: folders of leases below /var/lib/cni/networks. */
const LEASES = { flannel: 'cbr0', routes: 'provision' } as const;
/** What kubelet calls for a bridge: the package kubernetes-cni brings them. */
const BRIDGE_PROGRAMS = ['bridge', 'host-local', 'loopback', 'portmap'];
/** Lists of plugins, and with them portmap, came with Kubernetes 1.8; the programs of that time have none. */
const FIRST_PORTMAP = 8;

/** What the first control plane is told of the plugin; `routes` needs nothing in the cluster. */
export function pluginTasks(context: NetworkContext): readonly Task[] {
  const { plugin, settings, release } = context;
  if (plugin === 'routes') return [];
  if (plugin === 'flannel') {
    const flannel = flannelRelease(release.minor, settings.version);
    if (flannel === undefined) return [];
    return [
      whileJoining(
        context,
        manifest({
          id: PLUGIN,
          name: `flannel ${flannel.version}`,
          prevents: [
            'cni-not-configured',
            'flannel-wrong-interface',
            'flannel-subnet-env',
            'pods-service-account',
          ],
          content: manifestText(flannelObjects(context, flannel)),
          rollouts: [{ kind: 'daemonset', namespace: flannel.namespace, name: DAEMON_SET }],
          timeout: 600,
        }),
      ),
    ];
  }
  const fetched = fetchedRelease(plugin, release.minor, settings.version);
  return fetched === undefined ? [] : fetchedTasks(PLUGIN, plugin, fetched, context);
}

/** What stands in the way on a node, before the plugin comes to it. */
export function beforePlugin(host: Host, context: NetworkContext): readonly Task[] {
  const { plugin, release, settings } = context;
  const { minor } = release;
  const programs = BRIDGE_PROGRAMS.filter((name) => name !== 'portmap' || minor >= FIRST_PORTMAP);
  if (plugin === 'routes') return configTasks(context, cniFile(minor).split('/').at(-1) ?? '', programs);
  if (plugin !== 'flannel') return configTasks(context, CNI_FILES[plugin], []);
  const flannel = flannelRelease(minor, settings.version);
  if (flannel === undefined) return [];
  const own = flannel.cniImage === undefined ? ['flannel'] : [];
  return configTasks(context, flannel.cniFile, [...programs, ...own]);
}

/** What the plugin needs on each node, and what can go wrong there with time. */
export function onNode(host: Host, context: NetworkContext): readonly Task[] {
  const { plugin, release, settings } = context;
  if (plugin === 'routes')
    return [
      hasSubnet(host, context),
      ...bridgeTasks(host, context, LEASES.routes),
      ...routeTasks(host, context),
    ];
  if (plugin !== 'flannel') return [];
  const flannel = flannelRelease(release.minor, settings.version);
  return [
    hasSubnet(host, context),
    flannelSubnet(host, context),
    ...bridgeTasks(host, context, LEASES.flannel),
    ...(flannel?.forwards === false ? forwardTasks(context) : []),
  ];
}

import type { Host } from '../../../src/inventory/inventory.js';
import type { KubernetesContext } from '../context.js';
import { isSchedulable } from '../nodes/marks.js';
import type { ConfigApi } from '../releases.js';
import type { Value, Values } from './yaml.js';

/** Where the API server of a control plane listens. */
export const API_PORT = 6443;

/** How kubeadm introduces a node: its name, its address inside, its taints. */
export function nodeRegistration(host: Host, context: KubernetesContext, api: ConfigApi): Values {
  const { release } = context;
  return {
    name: host.name,
    criSocket: release.criSocket,
    taints: taintsOf(host, context),
    kubeletExtraArgs: args(new Map([['node-ip', host.address]]), api),
  };
}

/** undefined leaves a control plane the taints that kubeadm gives it. */
function taintsOf(host: Host, context: KubernetesContext): Value | undefined {
  const { members, release } = context;
  const own = host.taints.map(taint);
  if (!members.controlPlanes.includes(host)) return own.length === 0 ? undefined : own;
  if (isSchedulable(host, context)) return own;
  const usual = release.controlPlaneTaints.map((key) => ({ key, effect: 'NoSchedule' }));
  return own.length === 0 ? undefined : [...usual, ...own];
}

/** `key=value:Effect` or `key:Effect`. */
function taint(text: string): Values {
  const [name = '', effect = ''] = text.split(':');
  const [key = '', value] = name.split('=');
  return { key, value, effect };
}

/** Arguments of a component; undefined when there are none. Since v1beta4 they are a list, in which a name may come twice. */
export function args(values: ReadonlyMap<string, string>, api: ConfigApi): Value | undefined {
  if (values.size === 0) return undefined;
  if (api !== 'v1beta4') return Object.fromEntries(values);
  return [...values].map(([name, value]) => ({ name, value }));
}

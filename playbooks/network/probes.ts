import { readFileSync } from 'node:fs';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { NODES } from '../nodes.js';
import { REACH } from '../reach.js';
import { hostsWithRole, KUBERNETES } from '../roles.js';
import { BRIDGE, CNI } from './nodes/tasks.js';
import { SCRIPT } from './routes/files.js';

const read = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const PROBES = lines(CNI, REACH, read('./probes.sh'));
const CLUSTER_PROBES = lines(NODES, read('./cluster-probes.sh'));

const INTERFACES = '/sys/class/net';
const CONTAINER_LOGS = '/var/log/containers';
const KUBELET_CONF = '/etc/kubernetes/kubelet.conf';
/** The root of the file system, which tests have elsewhere. */
const ROOT = '';

export const NOT_CONFIGURED_PROBE = sh`${CLUSTER_PROBES}
probe_not_configured`;

/** The plugin's pods on nodes without a network start anew. */
export const NEW_PLUGIN_PODS = sh`${CLUSTER_PROBES}
propose_plugin_pods`;

export const FLANNEL_INTERFACE_PROBE = sh`${CLUSTER_PROBES}
probe_flannel_interface`;

export const SUBNET_ENV_PROBE = sh`${PROBES}
probe_subnet_env ${ROOT}`;

export const BRIDGE_PROBE = sh`${PROBES}
probe_bridge ${[INTERFACES, BRIDGE, ROOT]}`;

/** The bridge goes when no pod hangs on it. */
export const NO_BRIDGE = sh`${PROBES}
propose_bridge ${[INTERFACES, BRIDGE, ROOT]} "$(hostname)"`;

export const LEASES_PROBE = sh`${PROBES}
probe_leases ${ROOT}`;

/** What this node passes on, and whether its packets reach the networks of pods of the other nodes. */
export function crossNodeProbe(inventory: Inventory, host: Host): Script {
  const { network, kubernetes } = inventory;
  const others = hostsWithRole(inventory, KUBERNETES).filter((each) => each !== host);
  const overlay = [host.name, host.address, ...others.map(({ address }) => address)];
  return sh`${PROBES}
has_network ${ROOT} || exit 0
status=0
probe_kernel ${['/proc/sys', kubernetes.podSubnet]} || status=1
${network.plugin === 'flannel' ? sh`probe_overlay ${overlay} || status=1` : sh`:`}
probe_routes ${SCRIPT} || status=1
exit "$status"`;
}

export const IPIP_PROBE = sh`${PROBES}
has_network ${ROOT} || exit 0
probe_ipip ${INTERFACES}`;

/** Pools of Calico that wrap in IP protocol 4 get VXLAN. */
export const VXLAN_POOLS = sh`${CLUSTER_PROBES}
propose_vxlan`;

/** A host that has another name than the inventory gives it is known to the cluster by that: hosts-name-mismatch. */
export function nodeNotFoundProbe(_: Inventory, { name }: Host): Script {
  return sh`${PROBES}
[ "$(hostname)" = ${name} ] || exit 0
probe_node_not_found ${CONTAINER_LOGS}`;
}

export const REGISTRATION = sh`${read('./cures.sh')}
propose_registration ${KUBELET_CONF} "$(hostname)"`;

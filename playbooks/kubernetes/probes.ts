import { readFileSync } from 'node:fs';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { DISKS } from '../hosts/probes.js';
import { NODES } from '../nodes.js';
import { PODS } from '../pods.js';
import { readState } from './member/state.js';
import { CA, KUBELET_CONF, NODE_API, nodeApi, nodeWords, POD_FOLDERS } from './node-api.js';

const read = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const PROBES = read('./probes.sh');
const CLUSTER_PROBES = lines(PODS, NODES, read('./cluster-probes.sh'));
const LINKS = lines(read('./member/state.sh'), read('./reset.sh'), read('./leftover-links.sh'));

const CONFIG = '/var/lib/kubelet/config.yaml';
const INTERFACES = '/sys/class/net';
/** Where kubelet may have been told to go on with swap. */
const SWAP_SETTINGS = [
  CONFIG,
  '/etc/default/kubelet',
  '/etc/sysconfig/kubelet',
  '/var/lib/kubelet/kubeadm-flags.env',
  '/etc/systemd/system/kubelet.service.d/20-provision.conf',
];

export const LEFTOVERS_PROBE = sh`${readState()}
[ "$STATE_OF_HOST" = leftovers ] || exit 0
printf 'left of an earlier cluster: %s\n' "$LEFT_BEHIND"
exit 1`;

export const LINKS_PROBE = sh`${LINKS}
is_plain '' || exit 0
probe_links ${INTERFACES}`;

/** What a reset by hand has left goes, on a host where no pod runs. */
export const CLEAN_LINKS = sh`${LINKS}
propose_clean_links ${[INTERFACES, '']}`;

/** The API server of the host against the private address of the inventory. */
export function advertisedProbe(_: Inventory, { address }: Host): Script {
  return sh`${PROBES}
probe_advertised ${['', address]}`;
}

export const PROXY_PROBE = sh`${CLUSTER_PROBES}
probe_proxy`;

export const TAINTED_PROBE = sh`${CLUSTER_PROBES}
probe_tainted`;

export const UNTAINTING = sh`${CLUSTER_PROBES}
propose_untaint`;

/** The thresholds that kubelet has against those of the inventory, and what is free. */
export function evictionProbe({ kubernetes, docker }: Inventory): Script {
  const { 'nodefs.available': nodefs, 'imagefs.available': imagefs } = kubernetes.evictionHard;
  return sh`${PROBES}
${DISKS}
[ ! -s ${KUBELET_CONF} ] || probe_eviction ${[CONFIG, nodefs, imagefs, docker.dataRoot]}`;
}

export const SWAP_PROBE = sh`${PROBES}
probe_swap ${['/proc/swaps', ...SWAP_SETTINGS]}`;

export function tokensProbe(_: Inventory, host: Host): Script {
  return sh`${nodeApi(host)}
${PROBES}
probe_tokens ${nodeWords(host.name)}`;
}

export const RIGHTS_PROBE = sh`${CLUSTER_PROBES}
probe_rights`;

/** Tokens that secrets hold and the API server refuses are made anew. */
export const NEW_TOKENS = sh`${NODE_API}
${CLUSTER_PROBES}
propose_new_tokens try_tokens "$(server_of "$ADMIN_CONF")" ${CA}`;

/** Pods whose token is refused are made anew. */
export const NEW_PODS = sh`${NODE_API}
${PROBES}
propose_new_pods ${[KUBELET_CONF, CA]} "$(hostname)" ${POD_FOLDERS}`;

export function hostPathProbe(_: Inventory, host: Host): Script {
  return sh`${nodeApi(host)}
${PROBES}
probe_host_paths ${nodeWords(host.name)}`;
}

import { readFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../src/shell/script.js';
import { TELLS_CLUSTER } from '../ceph/told.js';
import { DATA_ROOT_FUNCTIONS } from '../docker/data-root.js';
import { EVENTS } from '../events.js';
import { endpoint } from '../kubernetes/cluster/endpoint.js';
import { nodeApi } from '../kubernetes/node-api.js';
import { PODS } from '../pods.js';
import { REACH } from '../reach.js';
import { CONTAINERS, hasRole, KUBERNETES } from '../roles.js';
import { names } from './names.js';
import { ways } from './ports.js';

const read = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const PROBES = read('./probes.sh');
const TIME = read('./time.sh');

/** How full the file systems are: see disks.sh. */
export const DISKS = lines(DATA_ROOT_FUNCTIONS, read('./disks.sh'));

/** On a host that no stage has changed yet, nothing is out of order. */
const BUILT = sh`${PROBES}
is_built || exit 0`;

/** Tasks whose checks tell the whole of it. */
const NAME_TASKS = ['host-name', 'hosts-file-conflicts', 'names-resolve'];

/** The host's own name, /etc/hosts and what the resolver says, as the tasks that see to it check them. */
export function nameProbe(inventory: Inventory, host: Host): Script {
  const checks = names(host, inventory).filter(({ id }) => NAME_TASKS.includes(id));
  return lines(
    BUILT,
    sh`status=0`,
    ...checks.map(
      ({ check }) => sh`(
${check}
) || status=1`,
    ),
    sh`exit "$status"`,
  );
}

/** The clock is corrected, and agrees with that of an API server on another host. */
export function clockProbe(inventory: Inventory, host: Host): Script {
  const planes = inventory.hosts.filter((each) => hasRole(each, ['control-plane']));
  const peer = hasRole(host, KUBERNETES) ? planes.find((each) => each !== host) : undefined;
  if (peer === undefined) {
    return sh`${BUILT}
${TIME}
probe_clock ${host.name}`;
  }
  return sh`${BUILT}
${TIME}
${nodeApi(host)}
probe_clock ${[host.name, peer.name, ...serversOf(peer, planes, inventory)]}`;
}

/** The API server of a control plane; where there is one alone, the endpoint leads to it, too. */
function serversOf({ address }: Host, planes: readonly Host[], inventory: Inventory): readonly string[] {
  const own = `https://${inUrl(address)}:6443`;
  return planes.length === 1 ? [own, `https://${endpoint({ inventory })}`] : [own];
}

/** Ceph's monitors measure each other to milliseconds. */
export const MONITORS_PROBE = sh`${PROBES}
${TELLS_CLUSTER}
probe_monitors`;

export const ZONES_PROBE = sh`${PROBES}
probe_zones /var/log/containers /proc "$(date +%z)"`;

/** The file systems of the system, of kubelet and of images. */
export function diskProbe({ docker, kubernetes }: Inventory, host: Host): Script {
  const { 'nodefs.available': nodefs, 'imagefs.available': imagefs } = kubernetes.evictionHard;
  const images = hasRole(host, CONTAINERS) ? docker.dataRoot : '/';
  return sh`${BUILT}
${DISKS}
probe_disks ${[nodefs, imagefs, images]}`;
}

/** TCP ports that a daemon has for as long as its stage is built; a range's first and last may be anybody's. */
const LASTING: readonly number[] = [6443, 2379, 2380, 10250, 6789, 3300, 179, 6783, 4240];

/** All ports of the other hosts that this one needs, tried at once. */
export function portProbe(inventory: Inventory, host: Host): Script {
  const mine = ways(inventory).filter(
    ({ from, protocol, port }) => from === host && protocol === 'tcp' && LASTING.includes(port),
  );
  if (mine.length === 0) return sh`:`;
  const targets = mine.map(({ to, port }) => `tcp/${to.address}/${port}`);
  const tries = mine.map(
    ({ to, port, purpose }, at) =>
      sh`if is_silent ${targets[at] ?? ''}; then
  try_port ${[host.name, to.name, to.address, port, purpose]} &
fi`,
  );
  return lines(
    BUILT,
    REACH,
    sh`have socat || exit 0
ask_all ${targets}
found=$(`,
    ...tries,
    sh`  wait
)
[ -z "$found" ] || differs "$found"`,
  );
}

/** Pods that wait for images of a registry that does not answer. */
export const PULLS_PROBE = sh`${PROBES}
${PODS}
${EVENTS}
probe_pulls`;

function inUrl(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

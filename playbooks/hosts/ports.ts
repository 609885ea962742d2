import type { Host, Inventory, Role } from '../../src/inventory/inventory.js';
import { minorOf, type NetworkSettings } from '../../src/inventory/kubernetes-settings.js';
import { CEPH, hasRole, KUBERNETES } from '../roles.js';

export interface Port {
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  readonly purpose: string;
}

/** A way that must be open: `from` connects to a port of `to`. */
export interface Way extends Port {
  readonly from: Host;
  readonly to: Host;
}

interface Rule extends Port {
  readonly from: readonly Role[];
  readonly to: readonly Role[];
}

const CONTROL_PLANE: readonly Role[] = ['control-plane'];

/** Which hosts must reach which ports of which others, whatever the versions. Of a range, the first and the last stand for all. */
const RULES: readonly Rule[] = [
  rule(KUBERNETES, CONTROL_PLANE, 6443, 'tcp', 'the Kubernetes API server'),
  rule(CONTROL_PLANE, CONTROL_PLANE, 2379, 'tcp', 'clients of etcd'),
  rule(CONTROL_PLANE, CONTROL_PLANE, 2380, 'tcp', 'members of etcd'),
  rule(CONTROL_PLANE, KUBERNETES, 10250, 'tcp', 'kubelet'),
  rule(KUBERNETES, KUBERNETES, 30000, 'tcp', 'NodePort services (first of 30000-32767)'),
  rule(KUBERNETES, KUBERNETES, 32767, 'tcp', 'NodePort services (last of 30000-32767)'),
  rule([...CEPH, ...KUBERNETES], ['mon'], 6789, 'tcp', 'Ceph monitors'),
  rule([...CEPH, ...KUBERNETES], ['mon'], 3300, 'tcp', 'Ceph monitors (version 2 of the protocol)'),
  rule([...CEPH, ...KUBERNETES], ['osd', 'mgr', 'mds'], 6800, 'tcp', 'Ceph daemons (first of 6800-7300)'),
  rule([...CEPH, ...KUBERNETES], ['osd', 'mgr', 'mds'], 7300, 'tcp', 'Ceph daemons (last of 6800-7300)'),
];

function rules({ kubernetes, network }: Inventory): readonly Rule[] {
  return [...RULES, ...discovery(kubernetes.version), ...podNetwork(network)];
}

/** Who joins asked a service of its own for the cluster's CA before 1.6. */
function discovery(version: string | undefined): readonly Rule[] {
  if (version === undefined || minorOf(version) > 5) return [];
  return [rule(KUBERNETES, CONTROL_PLANE, 9898, 'tcp', 'discovery of the cluster')];
}

/** Ports of the plugins' documentation. IPIP is a protocol without ports, so that BGP alone can be tried. */
function podNetwork({ plugin, backend = 'vxlan' }: NetworkSettings): readonly Rule[] {
  const ports =
    POD_NETWORKS[plugin === 'flannel' || plugin === 'calico' ? `${plugin} ${backend}` : plugin] ?? [];
  return ports.map(([port, protocol, purpose]) => rule(KUBERNETES, KUBERNETES, port, protocol, purpose));
}

type PodPort = readonly [port: number, protocol: Port['protocol'], purpose: string];

const POD_NETWORKS: Readonly<Record<string, readonly PodPort[]>> = {
  'flannel vxlan': [[8472, 'udp', 'the pod network (VXLAN)']],
  'flannel udp': [[8285, 'udp', 'the pod network (UDP)']],
  'calico vxlan': [[4789, 'udp', 'the pod network (VXLAN)']],
  'calico ipip': [[179, 'tcp', 'routes of the pod network (BGP)']],
  weave: [
    [6783, 'tcp', 'peers of the pod network'],
    [6783, 'udp', 'the pod network (sleeve)'],
    [6784, 'udp', 'the pod network (fast datapath)'],
  ],
  cilium: [
    [8472, 'udp', 'the pod network (VXLAN)'],
    [4240, 'tcp', 'health of the pod network'],
  ],
};

function rule(
  from: readonly Role[],
  to: readonly Role[],
  port: number,
  protocol: Port['protocol'],
  purpose: string,
): Rule {
  return { from, to, port, protocol, purpose };
}

/** Every way between two hosts that the platform of this inventory needs. */
export function ways(inventory: Inventory): readonly Way[] {
  const { hosts } = inventory;
  return rules(inventory).flatMap(({ from, to, port, protocol, purpose }) =>
    hosts
      .filter((host) => hasRole(host, from))
      .flatMap((source) =>
        hosts
          .filter((host) => host !== source && hasRole(host, to))
          .map((target) => ({ from: source, to: target, port, protocol, purpose })),
      ),
  );
}

/** The ports of a host that others must reach, as `tcp/6443`. */
export function portsOf(host: Host, all: readonly Way[]): readonly string[] {
  const ports = all.filter(({ to }) => to === host).map(({ protocol, port }) => `${protocol}/${port}`);
  return [...new Set(ports)];
}

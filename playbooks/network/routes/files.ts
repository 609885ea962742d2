import { readFileSync } from 'node:fs';
import type { Host } from '../../../src/inventory/inventory.js';
import type { NetworkContext } from '../context.js';
import { clusterNodes } from '../subnets.js';

export const SCRIPT = '/usr/local/sbin/provision-pod-routes';
export const SCRIPT_TEXT = readFileSync(new URL('./pod-routes.sh', import.meta.url), 'utf8');
/** What the script reads. */
export const DATA = '/etc/provision/pod-routes';
export const UNIT = 'provision-pod-routes.service';
export const UNIT_FILE = `/etc/systemd/system/${UNIT}`;
/** The bridge of the pods of a host, as flannel's plugin names it too. */
const BRIDGE = 'cni0';
/** Name of the network: the folder of its leases below /var/lib/cni/networks. */
const NETWORK = 'provision';
/** Lists of plugins came with Kubernetes 1.8. */
const FIRST_LIST = 8;

/** Docker forbids forwarding when it starts, and leaves other chains alone: the order between them does not matter. */
export const UNIT_TEXT = `[Unit]
Description=Routes and firewall rules for pods of Kubernetes, written by provision
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${SCRIPT} apply

[Install]
WantedBy=multi-user.target
`;

/** Where kubelet finds the network of pods. */
export function cniFile(minor: number): string {
  return `/etc/cni/net.d/10-provision.conf${minor < FIRST_LIST ? '' : 'list'}`;
}

/**
 * A bridge with the host's own part of the pods' network. Masquerading is not the bridge's: its would hide the address of a pod
 * from pods of other nodes.
 */
export function cniConfig(subnet: string, mtu: number | undefined, minor: number): string {
  const bridge = {
    type: 'bridge',
    bridge: BRIDGE,
    isDefaultGateway: true,
    ipMasq: false,
    hairpinMode: true,
    mtu,
    ipam: { type: 'host-local', subnet },
  };
  const portmap = { type: 'portmap', capabilities: { portMappings: true } };
  const config =
    minor < FIRST_LIST
      ? { cniVersion: '0.2.0', name: NETWORK, ...bridge }
      : { cniVersion: '0.3.1', name: NETWORK, plugins: [bridge, portmap] };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** What the script is to do on this host; undefined while the part of a node is not known. */
export function routesData(host: Host, context: NetworkContext): string | undefined {
  const { inventory, members } = context;
  const others = members.all.filter((other) => other !== host);
  const known = clusterNodes(context);
  const subnet = ({ name }: Host) => known.find((node) => node.name === name)?.podSubnet;
  if (members.all.some((each) => subnet(each) === undefined)) return undefined;
  return [
    ...commonLines(context),
    `pods ${inventory.kubernetes.podSubnet}`,
    ...others.map((other) => `route ${subnet(other) ?? ''} ${other.address}`),
    'masquerade yes',
    '',
  ].join('\n');
}

/** Where flannel routes and masquerades itself, but does not let packets through a FORWARD chain that drops. */
export function forwardData(context: NetworkContext): string {
  const { podSubnet } = context.inventory.kubernetes;
  return [...commonLines(context), `pods ${podSubnet}`, 'masquerade no', ''].join('\n');
}

function commonLines({ members }: NetworkContext): readonly string[] {
  return members.all.map(({ address }) => `node ${address}`);
}

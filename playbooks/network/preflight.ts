import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { verdict } from '../verdict.js';
import { networkOf } from './addresses.js';
import type { NetworkContext } from './context.js';
import { FETCHED, fetchedRelease } from './fetched/releases.js';
import { FLANNEL_RELEASES, flannelRelease } from './flannel/releases.js';
import { knownInterfaces, largestMtu, OVERHEAD, privateInterface } from './interfaces.js';

/** What must be true of a host and of the settings before pods get a network. */
export function preflight(host: Host, context: NetworkContext): readonly Task[] {
  return [
    verdict({
      id: 'network-release',
      title: `${context.plugin} can be had for this release of Kubernetes`,
      problem: releaseProblem(host, context) ?? backendProblem(context),
    }),
    verdict({
      id: 'network-interface',
      title: 'an interface holds the private address',
      prevents: ['flannel-wrong-interface'],
      problem: interfaceProblem(host, context),
    }),
    verdict({
      id: 'network-mtu',
      title: 'packets of pods fit through the interfaces of all nodes',
      prevents: ['network-cross-node'],
      problem: mtuProblem(host, context),
    }),
    verdict({
      id: 'network-one-subnet',
      title: 'the nodes reach each other without a router, where pods need that',
      prevents: ['network-cross-node'],
      problem: subnetProblem(context),
    }),
  ];
}

function releaseProblem({ name }: Host, context: NetworkContext): string | undefined {
  const { plugin, settings, release, facts, inventory } = context;
  const { minor } = release;
  const { version } = settings;
  const { podSubnet } = inventory.kubernetes;
  if (networkOf(podSubnet) === undefined)
    return `This program sets up pod networks of IPv4, and kubernetes.podSubnet is ${podSubnet}. Take a network such as 10.244.0.0/16, or set network.plugin to none and install one yourself.`;
  if (plugin === 'routes') return undefined;
  if (plugin === 'flannel') {
    const found = flannelRelease(minor, version);
    if (found === undefined)
      return `flannel ${version ?? ''} is not one that this program has for Kubernetes 1.${minor}: it has ${FLANNEL_RELEASES.map(
        (each) => `${each.version} for ${minors(each)}`,
      ).join(', ')}. Leave network.version out to take that one.`;
    const { architecture } = facts.get(name) ?? {};
    if (found.amd64Only && architecture !== undefined && architecture !== 'x86_64')
      return `The image of flannel ${found.version} is for x86_64, and ${name} is ${architecture}. Set network.plugin to routes, or take Kubernetes 1.16 or newer.`;
    return undefined;
  }
  if (fetchedRelease(plugin, minor, version) !== undefined) return undefined;
  const known = FETCHED[plugin].map((each) => `${each.version} for ${minors(each)}`).join(', ');
  return `${plugin} ${version ?? ''} for Kubernetes 1.${minor} is not one whose manifest this program knows by its checksum: it knows ${known}. Take one of these, or set network.plugin to flannel or routes.`.replaceAll(
    '  ',
    ' ',
  );
}

function minors({ from, to }: { readonly from: number; readonly to: number }): string {
  if (to === Number.POSITIVE_INFINITY) return `Kubernetes 1.${from} and newer`;
  return from === to ? `1.${from}` : `1.${from} to 1.${to}`;
}

/** The backends that each plugin has. Those without a choice take no word of it. */
const BACKENDS: Readonly<Record<NetworkContext['plugin'], readonly string[]>> = {
  flannel: ['vxlan', 'host-gw', 'udp'],
  calico: ['vxlan', 'ipip'],
  routes: [],
  weave: [],
  cilium: ['vxlan'],
};

function backendProblem({ plugin, settings: { backend } }: NetworkContext): string | undefined {
  const possible = BACKENDS[plugin];
  if (backend === undefined || possible.includes(backend)) return undefined;
  const instead =
    possible.length === 0 ? 'It has no such choice: leave it out.' : `It has ${possible.join(', ')}.`;
  return `network.backend is ${backend}, which ${plugin} does not have. ${instead}`;
}

function interfaceProblem(host: Host, { facts }: NetworkContext): string | undefined {
  const known = facts.get(host.name);
  if (known === undefined || privateInterface(host, known) !== undefined) return undefined;
  const held = known.interfaces
    .filter(({ name, addresses }) => name !== 'lo' && addresses.length > 0)
    .map(({ name, addresses }) => `${name} has ${addresses.join(' and ')}`);
  return `No interface of ${host.name} holds ${host.address}, its address in the inventory: ${held.join('; ')}. Nodes reach each other by that address; set hosts.${host.name}.address to one that the host has, and ssh.host to the one that you connect to.`;
}

function mtuProblem(host: Host, context: NetworkContext): string | undefined {
  const { settings, encapsulation } = context;
  const largest = largestMtu(host, context);
  if (largest === undefined) return undefined;
  const takes =
    OVERHEAD[encapsulation] === 0 ? '' : `, of which ${encapsulation} takes ${OVERHEAD[encapsulation]}`;
  const interfaces = knownInterfaces(context);
  const own = interfaces.get(host.name);
  if (settings.mtu !== undefined) {
    if (settings.mtu <= largest) return undefined;
    return `network.mtu is ${settings.mtu}, and ${own?.name ?? 'the interface'} of ${host.name} carries packets of ${own?.mtu ?? 0} bytes${takes}: larger ones of pods would be lost. Set it to ${largest} or less.`;
  }
  const sizes = new Set([...interfaces.values()].map(({ mtu }) => mtu));
  if (sizes.size < 2) return undefined;
  const smallest = Math.min(...sizes) - OVERHEAD[encapsulation];
  const list = [...interfaces].map(([name, each]) => `${name} ${each.name} ${each.mtu}`).join(', ');
  return `The interfaces between the nodes do not carry packets of the same size (${list}): what a pod behind the largest sends is lost on its way to the smallest. Set network.mtu to ${smallest}.`;
}

/** Packets of pods that are not wrapped have addresses that no router between the nodes knows. */
function subnetProblem(context: NetworkContext): string | undefined {
  if (context.encapsulation !== 'none') return undefined;
  const interfaces = knownInterfaces(context);
  const networks = new Set([...interfaces.values()].map(({ network }) => network));
  if (networks.size < 2) return undefined;
  const list = [...interfaces].map(([name, { network }]) => `${name} in ${network ?? 'none'}`).join(', ');
  const what = context.plugin === 'routes' ? 'The plugin routes' : "flannel's host-gw";
  return `${what} sends packets of pods from node to node as they are, so the nodes must be in one subnet, and they are not: ${list}. Set network.plugin to flannel and network.backend to vxlan.`;
}

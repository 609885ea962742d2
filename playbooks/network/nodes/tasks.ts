import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { PACKAGES } from '../../kubernetes/constants.js';
import { gatewayOf } from '../addresses.js';
import type { NetworkContext } from '../context.js';
import { podSubnetOf } from '../subnets.js';

/** What the node's own files and interfaces show: see cni.sh. */
export const CNI = rawScript(readFileSync(new URL('./cni.sh', import.meta.url), 'utf8'));

export const BRIDGE = 'cni0';
export const SUBNET_ENV = '/run/flannel/subnet.env';
const INTERFACES = '/sys/class/net';
const CONFIGS = '/etc/cni/net.d';
const PROGRAMS = '/opt/cni/bin';
/** In place of what is not known yet. */
const UNKNOWN = '-';
/** Addresses of a network that no pod gets: its first, its last, and the bridge's. */
const NOT_FOR_PODS = 3;

/** Kubelet calls the plugin that this stage configures, and finds the programs for it. */
export function configTasks(
  context: NetworkContext,
  file: string,
  programs: readonly string[],
): readonly Task[] {
  return [
    command({
      id: 'network-one-config',
      title: `no other plugin's configuration comes before ${file}`,
      check: sh`${CNI}
check_first_config ${[CONFIGS, file]}`,
    }),
    ...(programs.length === 0
      ? []
      : [
          command({
            id: 'network-cni-programs',
            title: `${PROGRAMS} has the programs that kubelet calls`,
            after: [PACKAGES],
            prevents: ['cni-not-configured'],
            check: sh`${CNI}
check_plugins ${[PROGRAMS, ...programs]}`,
          }),
        ]),
  ];
}

/** The bridge is of the node's own part, and addresses of containers that are gone are free again. */
export function bridgeTasks(host: Host, context: NetworkContext, network: string): readonly Task[] {
  const subnet = podSubnetOf(host, context);
  const address = subnet === undefined ? UNKNOWN : (gatewayOf(subnet) ?? UNKNOWN);
  const folder = `/var/lib/cni/networks/${network}`;
  const { runtime } = context.release;
  return [
    command({
      id: 'network-cni0',
      title: `${BRIDGE}, if it is there, has the address of the host's own part`,
      prevents: ['cni-address-conflict'],
      check: sh`${CNI}
check_bridge ${[INTERFACES, BRIDGE, address]}`,
      apply: sh`${CNI}
remove_bridge ${[INTERFACES, BRIDGE, host.name]}`,
    }),
    command({
      id: 'network-leases',
      title: 'there are addresses for pods left, none of them kept for containers that are gone',
      prevents: ['cni-ip-exhausted'],
      timeout: { check: 60 },
      check: sh`${CNI}
check_leases ${[folder, subnet === undefined ? UNKNOWN : podAddresses(subnet), runtime]}`,
      apply: sh`${CNI}
free_leases ${[folder, runtime]}`,
    }),
  ];
}

/** How many addresses pods can have in a network. */
function podAddresses(subnet: string): number {
  return Math.max(2 ** (32 - Number(subnet.split('/')[1])) - NOT_FOR_PODS, 1);
}

/** What flannel wrote for the plugin is there and the node's own. It is never written by anybody else: a copy of another node's gives two nodes the same addresses. */
export function flannelSubnet(host: Host, context: NetworkContext): Task {
  const subnet = podSubnetOf(host, context);
  const words = [SUBNET_ENV, subnet === undefined ? UNKNOWN : (gatewayOf(subnet) ?? UNKNOWN)];
  return command({
    id: 'network-flannel-subnet',
    title: `${SUBNET_ENV} is there where flannel runs, and says the host's own part`,
    prevents: ['flannel-subnet-env', 'cni-address-conflict'],
    timeout: { apply: 240 },
    check: sh`${CNI}
check_subnet_env ${words}`,
    apply: sh`${CNI}
restart_flannel ${words}`,
  });
}

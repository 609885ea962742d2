import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { kernelModule } from '../../src/tasks/kernel-module.js';
import { swapOff } from '../../src/tasks/swap-off.js';
import { sysctl } from '../../src/tasks/sysctl.js';
import { onlyWhere } from '../only-where.js';
import { CONTAINERS, hasRole, KUBERNETES } from '../roles.js';

/** What containers, and later kubelet, ask of the kernel. */
export function kernel(host: Host): readonly Task[] {
  if (!hasRole(host, CONTAINERS)) return [];
  return [
    ...(hasRole(host, KUBERNETES) ? [swapOff({ id: 'swap-off', prevents: ['kubelet-swap-on'] })] : []),
    onlyWhere(
      // A container may not see the kernel's modules, but it sees the file systems.
      sh`{ read_text /proc/filesystems; case $TEXT in *overlay*) false ;; esac; }`,
      kernelModule({
        id: 'overlay-module',
        names: ['overlay'],
        file: '/etc/modules-load.d/provision-overlay.conf',
      }),
    ),
    kernelModule({
      id: 'bridge-module',
      names: [{ name: 'br_netfilter', presentWhen: '/proc/sys/net/bridge/bridge-nf-call-iptables' }],
      file: '/etc/modules-load.d/provision.conf',
    }),
    sysctl({
      id: 'kernel-settings',
      file: '/etc/sysctl.d/90-provision.conf',
      settings: SETTINGS,
      after: ['bridge-module'],
      prevents: ['es-vm-max-map-count'],
    }),
  ];
}

const SETTINGS = {
  // Packets between pods on a bridge pass iptables, where kube-proxy's rules are; and leave the host at all.
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.ipv4.ip_forward': '1',
  // Elasticsearch refuses to start below 262144 and recommends this.
  'vm.max_map_count': '1048576',
  // One instance for each container that follows its logs or configuration; the default is 128 for all of root's.
  'fs.inotify.max_user_instances': '8192',
  'fs.inotify.max_user_watches': '1048576',
};

import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext, StageReset } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { DATA, SCRIPT, UNIT_FILE } from '../network/routes/files.js';
import { type KubernetesContext, kubernetesContext } from './context.js';
import { type KubernetesMembers, kubernetesMembers } from './members.js';
import { clusterTasks, firstStays, stays } from './reset-cluster.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./reset.sh', import.meta.url), 'utf8'));

/** Where pods' volumes and sockets are mounted; what else is mounted below one of the folders is somebody's own. */
const MOUNTS = ['/var/lib/kubelet', '/run/calico', '/run/cilium'];
/** Of the cluster and of every pod network that this program knows; the folders themselves stay. */
const FOLDERS = [
  '/etc/kubernetes',
  '/var/lib/etcd',
  '/var/lib/kubelet',
  '/var/lib/dockershim',
  '/run/kubernetes',
  '/etc/cni/net.d',
  '/var/lib/cni',
  '/run/flannel',
  '/var/lib/calico',
  '/run/calico',
  '/var/lib/weave',
  '/run/cilium',
];
/** Seconds for kubeadm, and what it does when a runtime hangs. */
const KUBEADM_TIMEOUT = 300;
/** Seconds: a node may have a hundred containers. */
const CONTAINERS_TIMEOUT = 600;
const DELETE_TIMEOUT = 1800;

/**
 * Takes Kubernetes and its pod network away from hosts. Where a control plane stays, it first lets the others go: their pods go
 * elsewhere, and neither the cluster nor etcd waits for them. Then each host loses what kubeadm made and what it leaves behind
 * (pitfall kubeadm-reset-leaves-links). Packages and images stay.
 */
export const reset: StageReset = { loses, helpers, plays };

function loses({ inventory }: PlaybookContext, hosts: readonly Host[]): readonly string[] {
  const members = kubernetesMembers(inventory);
  if (members === undefined) return [];
  const names = hosts.map(({ name }) => name).join(', ');
  const controlPlanes = members.controlPlanes.filter((host) => !stays(host, hosts));
  const staying = members.all.filter((host) => stays(host, hosts));
  const whole = controlPlanes.length === members.controlPlanes.length;
  return [
    whole
      ? 'the cluster with all that is in it: every object, every secret, and the certificates'
      : `the place of ${names} in the cluster: pods go to other nodes, or end where no other node takes them`,
    ...(whole
      ? staying.map(({ name }) => `${name} is left as it is, a node of a cluster that is gone; reset it too`)
      : []),
    `${names}: all pods, with what they keep in emptyDir volumes`,
    ...(controlPlanes.length > 0
      ? [
          `${controlPlanes.map(({ name }) => name).join(', ')}: /etc/kubernetes with its keys, and the data of etcd`,
        ]
      : []),
    `${names}: the pod network with its links, addresses and firewall rules`,
  ];
}

/** The control plane that lets the others go. */
function helpers(inventory: Inventory, hosts: readonly Host[]): readonly Host[] {
  const members = kubernetesMembers(inventory);
  return members === undefined ? [] : stayingControlPlane(members, hosts);
}

function stayingControlPlane({ controlPlanes }: KubernetesMembers, hosts: readonly Host[]): readonly Host[] {
  return controlPlanes.filter((host) => stays(host, hosts)).slice(0, 1);
}

function plays(known: PlaybookContext, hosts: readonly Host[]): readonly Play[] {
  const context = kubernetesContext(known);
  if (context === undefined) return [];
  return [
    {
      id: 'kubernetes-reset-cluster',
      title: 'The cluster lets the nodes go',
      hosts: stayingControlPlane(context.members, hosts),
      tasks: () => [firstStays(context, hosts), ...hosts.flatMap((host) => clusterTasks(host, context))],
    },
    {
      id: 'kubernetes-reset-hosts',
      title: 'Nothing of the cluster and its network is left',
      hosts,
      tasks: () => hostTasks(context),
    },
  ];
}

/** In this order: nothing starts pods any more, the pods end, and then what they used goes. */
function hostTasks({ inventory, release }: KubernetesContext): readonly Task[] {
  const socket = release.criSocket ?? '';
  return [
    noAdministrator(),
    noRoutes(),
    noKubelet(),
    noNode(socket),
    noContainers(socket),
    noMounts(),
    noFiles(),
    noLinks(),
    noRules(inventory.kubernetes.podSubnet),
    noRecords(),
  ];
}

/** Judged by the certificate of the cluster, so before that is gone. */
function noAdministrator(): Task {
  return command({
    id: 'kubernetes-reset-administrator',
    title: "root's kubectl does not lead to the cluster",
    check: sh`${FUNCTIONS}
! is_our_config '' || differs '/root/.kube/config leads to this cluster'`,
    apply: sh`keep_copy /root/.kube/config && rm -f /root/.kube/config`,
  });
}

function noRoutes(): Task {
  const paths = [UNIT_FILE, SCRIPT, DATA];
  return command({
    id: 'kubernetes-reset-routes',
    title: 'our routes to pods of other nodes are gone',
    check: sh`${FUNCTIONS}
list_routes ${paths} | tell_some 'of the network routes'`,
    apply: sh`${FUNCTIONS}
remove_routes ${paths}`,
  });
}

function noKubelet(): Task {
  return command({
    id: 'kubernetes-reset-kubelet',
    title: 'kubelet does not run, and does not start with the host',
    check: sh`${FUNCTIONS}
tell_kubelet`,
    apply: sh`${FUNCTIONS}
stop_kubelet`,
  });
}

function noNode(socket: string): Task {
  return command({
    id: 'kubernetes-reset-kubeadm',
    title: 'kubeadm has undone what it made',
    timeout: { apply: KUBEADM_TIMEOUT },
    check: sh`${FUNCTIONS}
list_node '' | tell_some 'of a node'`,
    apply: sh`${FUNCTIONS}
kubeadm_reset ${socket}
unmount_below ${['/proc/mounts', ...MOUNTS]}
remove_files /proc/mounts /etc/kubernetes /var/lib/etcd
rm -rf /var/lib/kubelet/config.yaml /var/lib/kubelet/pki`,
  });
}

function noContainers(socket: string): Task {
  return command({
    id: 'kubernetes-reset-containers',
    title: 'no container of a pod is left; others stay',
    timeout: { check: 60, apply: CONTAINERS_TIMEOUT },
    check: sh`${FUNCTIONS}
list_containers ${socket} | tell_some 'containers of pods'`,
    apply: sh`${FUNCTIONS}
remove_containers ${socket}`,
  });
}

function noMounts(): Task {
  return command({
    id: 'kubernetes-reset-mounts',
    title: 'no volume of a pod is mounted',
    check: sh`${FUNCTIONS}
list_all_mounts ${['/proc/mounts', ...MOUNTS]} | tell_some 'mounts'`,
    apply: sh`${FUNCTIONS}
unmount_below ${['/proc/mounts', ...MOUNTS]}`,
  });
}

function noFiles(): Task {
  return command({
    id: 'kubernetes-reset-files',
    title: `nothing is left in ${FOLDERS.join(', ')}`,
    timeout: { apply: DELETE_TIMEOUT },
    check: sh`${FUNCTIONS}
list_files ${FOLDERS} | tell_some 'files and folders'`,
    apply: sh`${FUNCTIONS}
remove_files ${['/proc/mounts', ...FOLDERS]}`,
  });
}

function noLinks(): Task {
  return command({
    id: 'kubernetes-reset-links',
    title: 'no link of a pod network is left',
    check: sh`${FUNCTIONS}
{
  list_links /sys/class/net
  list_namespaces /run/netns
} | tell_some 'links and network namespaces'`,
    apply: sh`${FUNCTIONS}
remove_links`,
  });
}

function noRules(podSubnet: string): Task {
  return command({
    id: 'kubernetes-reset-firewall',
    title: 'no firewall rule of the cluster is left; others stay',
    check: sh`${FUNCTIONS}
list_rules ${podSubnet} | tell_some 'firewall rules'`,
    apply: sh`${FUNCTIONS}
remove_rules ${podSubnet}`,
  });
}

function noRecords(): Task {
  return command({
    id: 'kubernetes-reset-records',
    title: 'nothing counts as proven',
    check: sh`${FUNCTIONS}
list_records "$STATE" | tell_some 'kept of the cluster that is gone'`,
    apply: sh`${FUNCTIONS}
list_records "$STATE" | while IFS= read -r path; do
  rm -rf "$path"
done`,
  });
}

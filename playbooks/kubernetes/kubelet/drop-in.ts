import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { file } from '../../../src/tasks/file.js';
import type { KubernetesContext } from '../context.js';

/** Beside kubeadm's own, which reads $KUBELET_EXTRA_ARGS last: what it says wins. */
const DROP_IN = '/etc/systemd/system/kubelet.service.d/20-provision.conf';
/** kubeadm's drop-in reads it since 1.11. */
const DEFAULTS = '/etc/default/kubelet';

/** Where this release's kubelet has its flags from. */
export function dropInPath({ release }: Pick<KubernetesContext, 'release'>): string {
  return release.kubeletConfigFile ? DEFAULTS : DROP_IN;
}

/** The flags of kubelet that are ours: the address by which nodes know each other, and before 1.11 all that its configuration says later. */
export function kubeletDropIn(host: Host, context: KubernetesContext): Task {
  return file({
    id: 'kubelet-drop-in',
    path: dropInPath(context),
    content: dropInContent(host, context),
    mode: '0644',
    prevents: ['kubeadm-advertise-address', 'kubelet-eviction-nodefs'],
  });
}

export function dropInContent(host: Host, context: KubernetesContext): string {
  const own = context.release.kubeletConfigFile ? new Map<string, string>() : oldFlags(context);
  const flags = new Map([
    ['node-ip', host.address],
    ...own,
    ...context.inventory.kubernetes.extraArgs.kubelet,
  ]);
  const value = [...flags].map(([name, text]) => word(`--${name}=${text}`)).join(' ');
  if (context.release.kubeletConfigFile)
    return `# Managed by provision.\nKUBELET_EXTRA_ARGS="${escaped(value)}"\n`;
  // systemd reads % as a specifier in a unit, and not in an environment file.
  return `# Managed by provision.\n[Service]\nEnvironment="KUBELET_EXTRA_ARGS=${escaped(value).replaceAll('%', '%%')}"\n`;
}

/** Every threshold, since one alone takes away the others; the cluster's DNS, for which kubeadm's own drop-in has constants. */
function oldFlags({ inventory, release }: KubernetesContext): ReadonlyMap<string, string> {
  const { evictionHard, imageRepository, serviceSubnet, dnsDomain } = inventory.kubernetes;
  const thresholds = Object.entries(evictionHard).map(([signal, value]) => `${signal}<${value}`);
  return new Map([
    ['cgroup-driver', inventory.docker.cgroupDriver],
    ['eviction-hard', thresholds.join(',')],
    ['cluster-dns', tenthAddress(serviceSubnet)],
    ['cluster-domain', dnsDomain],
    ...(imageRepository === undefined
      ? []
      : [['pod-infra-container-image', `${imageRepository}/${release.pauseImage}`] as const]),
  ]);
}

/** kubeadm gives the cluster's DNS the tenth address of the services. */
function tenthAddress(cidr: string): string {
  const [network = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  const number = network.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const address = Math.floor(number / size) * size + 10;
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** systemd splits the value into words, and keeps together what is in quotes. */
function word(text: string): string {
  return /\s/.test(text) ? `'${text}'` : text;
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&');
}

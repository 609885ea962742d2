import type { Task } from '../../src/engine/task.js';
import type { Host } from '../../src/inventory/inventory.js';
import { file } from '../../src/tasks/file.js';
import { INIT_CONFIG, PATCHES } from './constants.js';
import type { KubernetesContext } from './context.js';
import { initConfig } from './kubeadm/init-config.js';

/** What kubeadm is told on a control plane, kept there: how the cluster was begun can be read, and done again. */
export function kubeadmSettings(host: Host, context: KubernetesContext): readonly Task[] {
  const { inventory, release } = context;
  const patches = [...inventory.kubernetes.patches].map(([name, content]) =>
    file({ id: `kubeadm-patch-${idOf(name)}`, path: `${PATCHES}/${name}`, content, mode: '0600' }),
  );
  if (release.configApi === undefined) return patches;
  const config = file({
    id: 'kubeadm-settings',
    path: INIT_CONFIG,
    content: initConfig(host, context),
    mode: '0600',
    prevents: ['kube-proxy-cluster-cidr', 'kubeadm-two-addresses', 'kubelet-eviction-nodefs'],
  });
  return [...patches, config];
}

function idOf(name: string): string {
  return name.replace(/[^a-z0-9]+/g, '-');
}

import type { Task } from '../../src/engine/task.js';
import { packages } from '../../src/tasks/packages.js';
import { sh } from '../../src/shell/script.js';
import { PACKAGES } from './constants.js';
import { VERSION } from './releases.js';
import type { KubernetesContext } from './context.js';

/** kubeadm, kubelet and kubectl of one version, which an upgrade of the host leaves alone. */
export function kubernetesPackages({ inventory, release }: KubernetesContext): Task {
  const task = packages({
    id: PACKAGES,
    title: 'kubeadm, kubelet and kubectl are installed and held',
    install: release.packages,
    hold: true,
    lockTimeout: inventory.packages.lockTimeout,
    update: true,
  });
  return {
    ...task,
    output: { name: VERSION, secret: false, read: sh`kubeadm version -o short` },
  };
}

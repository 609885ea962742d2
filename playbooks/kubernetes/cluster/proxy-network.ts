import type { Task } from '../../../src/engine/task.js';
import { rawScript, lines, sh } from '../../../src/shell/script.js';
import { readFileSync } from 'node:fs';
import { command } from '../../../src/tasks/command.js';
import { INIT } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';

const FUNCTIONS = lines(
  KUBECTL,
  rawScript(readFileSync(new URL('./proxy-network.sh', import.meta.url), 'utf8')),
);

/**
 * kube-proxy knows the pods' network: without it, what reaches a service from outside that network is not masqueraded, and pods
 * of other nodes do not reach 10.96.0.1.
 */
export function proxyNetwork({ inventory, release }: KubernetesContext): Task {
  const words = [inventory.kubernetes.podSubnet, release.minor < FIRST_WITH_CONFIG ? 'flags' : 'config'];
  return command({
    id: 'kubernetes-proxy',
    title: "kube-proxy knows the pods' network",
    prevents: ['kube-proxy-cluster-cidr'],
    timeout: { check: 60, apply: 180 },
    check: sh`${FUNCTIONS}
check_proxy ${words}`,
    apply: sh`${FUNCTIONS}
apply_proxy ${words}`,
    after: [INIT],
  });
}

/** kubeadm configures kube-proxy by a file since 1.8 (kubernetes#48806). */
const FIRST_WITH_CONFIG = 8;

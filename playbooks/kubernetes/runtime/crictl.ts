import type { Task } from '../../../src/engine/task.js';
import { file } from '../../../src/tasks/file.js';
import type { KubernetesRelease } from '../releases.js';

/** crictl asks the runtime that kubelet asks, and does not try others first. */
export function crictlConfig({ criSocket }: KubernetesRelease): readonly Task[] {
  if (criSocket === undefined) return [];
  return [file({ id: 'kubernetes-crictl', path: '/etc/crictl.yaml', content: crictlYaml(criSocket) })];
}

export function crictlYaml(criSocket: string): string {
  const endpoint = criSocket.startsWith('unix://') ? criSocket : `unix://${criSocket}`;
  return `# Managed by provision.\nruntime-endpoint: ${endpoint}\nimage-endpoint: ${endpoint}\ntimeout: 10\n`;
}

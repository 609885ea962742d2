import type { DockerSettings } from '../../../src/inventory/inventory.js';
import type { KubernetesSettings } from '../../../src/inventory/kubernetes-settings.js';
import { merged, nested, type Values } from '../kubeadm/yaml.js';

/**
 * What kubelet is told in its configuration, without apiVersion and kind. Every threshold of eviction is given: one alone would
 * take away the others.
 */
export function kubeletConfiguration(
  { evictionHard, kubeletConfig }: KubernetesSettings,
  { cgroupDriver }: DockerSettings,
): Values {
  return merged({ cgroupDriver, evictionHard: { ...evictionHard } }, nested(kubeletConfig));
}

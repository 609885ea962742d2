import type { KubernetesContext } from '../context.js';

/**
 * The flags of `kubeadm init` 1.5, without the token. One address: with two, every `kubeadm join` panics with "close of closed channel"
 * (kubernetes#36988).
 */
export function initFlags({ inventory, members, release }: KubernetesContext): readonly string[] {
  const { version, podSubnet, serviceSubnet, dnsDomain, certificateNames } = inventory.kubernetes;
  const whole = version !== undefined && version.split('.').length > 2 ? version : release.version;
  return [
    `--api-advertise-addresses=${members.first.address}`,
    ...(whole === undefined ? [] : [`--use-kubernetes-version=v${whole}`]),
    `--pod-network-cidr=${podSubnet}`,
    `--service-cidr=${serviceSubnet}`,
    `--service-dns-domain=${dnsDomain}`,
    ...certificateNames.map((name) => `--api-external-dns-names=${name}`),
  ];
}

import { isIPv6 } from 'node:net';
import type { KubernetesSettings } from './kubernetes-settings.js';
import type { RawKubernetes } from './schema-kubernetes.js';

/** What kubeadm and flannel take, and the like with IPv6. */
const SUBNETS = {
  four: { podSubnet: '10.244.0.0/16', serviceSubnet: '10.96.0.0/12' },
  six: { podSubnet: 'fd00:10:244::/56', serviceSubnet: 'fd00:10:96::/112' },
} as const;

/** Subnets of the family of the hosts' addresses, for when none are given. */
export function defaultSubnets(
  hosts: readonly { readonly address: string }[],
): Pick<KubernetesSettings, 'podSubnet' | 'serviceSubnet'> {
  return SUBNETS[isIPv6(hosts[0]?.address ?? '') ? 'six' : 'four'];
}

/** The settings as the stage uses them. */
export function kubernetesSettings(
  raw: RawKubernetes,
  hosts: readonly { readonly address: string }[],
): KubernetesSettings {
  const { podSubnet, serviceSubnet } = defaultSubnets(hosts);
  return {
    ...raw,
    podSubnet: raw.podSubnet ?? podSubnet,
    serviceSubnet: raw.serviceSubnet ?? serviceSubnet,
    certificateNames: [...new Set(raw.certificateNames)],
  };
}

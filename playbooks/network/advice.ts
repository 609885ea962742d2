import type { NetworkContext } from './context.js';

/** What carries packets of pods between nodes, in words for who looks after the firewall. */
export function carrier({ plugin, encapsulation }: Pick<NetworkContext, 'plugin' | 'encapsulation'>): string {
  if (plugin === 'weave') return 'TCP port 6783 and UDP ports 6783 and 6784 (Weave Net)';
  if (plugin === 'calico')
    return encapsulation === 'ipip'
      ? 'IP protocol 4 (IPIP, which many clouds drop: pitfall calico-ipip-blocked) and TCP port 179'
      : 'UDP port 4789 (VXLAN of Calico)';
  if (plugin === 'cilium') return 'UDP port 8472 (VXLAN of Cilium) and TCP port 4240';
  if (encapsulation === 'vxlan') return 'UDP port 8472 (VXLAN of flannel)';
  if (encapsulation === 'udp') return 'UDP port 8285 (flannel)';
  return 'packets with the addresses of pods themselves: no router between the nodes, and no check of source addresses in the cloud';
}

/** What to look at when pairs of pods do not reach each other. */
export function advice(context: NetworkContext): string {
  return [
    `What this says (pitfall network-cross-node): pods of different nodes need ${carrier(context)} open between the private addresses of the nodes, both ways, in the hosts' firewalls and the cloud's security group.`,
    'To see where packets end: tcpdump -ni any on both nodes while a pod pings.',
    'When only "full" fails, the packets are too large: set network.mtu. When only "name" fails: kubectl -n kube-system logs -l k8s-app=kube-dns, and kube-proxy on that node. When only "nodeport" fails: ports 30000-32767 between the nodes.',
    'The probes are being removed. Then run again: provision stage network',
  ].join('\n');
}

import type { NetworkContext } from './context.js';

/** What carries packets of pods between nodes, in words for who looks after the firewall. */
function carrier({ plugin, encapsulation }: Pick<NetworkContext, 'plugin' | 'encapsulation'>): string {
  if (plugin === 'weave') return open('TCP port 6783 and UDP ports 6783 and 6784 (Weave Net)');
  if (plugin === 'cilium') return open('UDP port 8472 (VXLAN of Cilium) and TCP port 4240');
  if (plugin === 'calico')
    return encapsulation === 'ipip'
      ? open('IP protocol 4 (IPIP, which many clouds drop: pitfall calico-ipip-blocked) and TCP port 179')
      : open('UDP port 4789 (VXLAN of Calico)');
  if (encapsulation === 'vxlan') return open('UDP port 8472 (VXLAN of flannel)');
  if (encapsulation === 'udp') return open('UDP port 8285 (flannel)');
  return 'Packets of pods travel between the nodes as they are, with the addresses of pods: nothing between the nodes may drop them for that (the check of source addresses in many clouds, a router, a firewall of the hosts).';
}

function open(ports: string): string {
  return `Packets of pods travel between the nodes by ${ports}: it must be open between their private addresses, both ways, in the hosts' firewalls and the cloud's security group.`;
}

/** What to look at when pairs of pods do not reach each other: pitfall network-cross-node. */
export function advice(context: Pick<NetworkContext, 'plugin' | 'encapsulation'>): string {
  return [
    carrier(context),
    'Where only "full" fails, packets are too large: set network.mtu, and renew pods that were there before. Where only "name" fails: kubectl -n kube-system logs -l k8s-app=kube-dns, and kube-proxy on that node. Where only "nodeport" fails: ports 30000-32767 between the nodes.',
    'To see where packets end: tcpdump -ni any on both nodes while a pod pings. The probes are being removed; to try again: provision stage network',
  ].join('\n');
}

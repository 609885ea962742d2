/** Lines by which each pitfall of the stage network is known: from the articles, from sources, and from our own tasks. */
export const NETWORK_LINES: Readonly<Record<string, readonly string[]>> = {
  'cni-not-configured': [
    'runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:docker: network plugin is not ready: cni config uninitialized',
    'Error syncing pod, skipping: failed to "SetupNetwork" for "kube-dns-2924299975-rmp17_kube-system" with SetupNetworkError: "Failed to setup network for pod \\"kube-dns-2924299975-rmp17_kube-system(46487315-c4ac-11e6-9dd0-00163e1001d7)\\" using network plugins \\"cni\\": cni config unintialized; Skipping pod"',
  ],
  'flannel-wrong-interface': [
    'I1228 02:34:44.513889       1 manager.go:149] Using 123.56.200.187 as external interface',
  ],
  'flannel-subnet-env': [
    'open /run/flannel/subnet.env: no such file or directory',
    "/run/flannel/subnet.env says 10.244.0.1/24, and the part of this node is 10.244.1.1/24: it is another node's",
  ],
  'cni-address-conflict': [
    '"cni0" already has an IP address different from 10.244.1.1/24',
    'failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24',
  ],
  'cni-ip-exhausted': [
    'no IP addresses available in network: cbr0',
    'failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254',
  ],
  'network-cross-node': [
    'a pod on node1 does not reach the pod on node2: ping',
    'the node node1 itself does not reach the pod on node2: tcp',
    'a pod on node1 sends packets of up to 1500 bytes, and 1450 is what fits between the nodes',
  ],
  'calico-ipip-blocked': ['IP protocol 4 does not come through between the hosts'],
  // The line is that of hosts-name-mismatch too, which is looked for first.
  'flannel-node-not-found': [],
};

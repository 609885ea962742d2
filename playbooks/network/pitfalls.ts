import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import {
  BRIDGE_PROBE,
  crossNodeProbe,
  FLANNEL_INTERFACE_PROBE,
  IPIP_PROBE,
  LEASES_PROBE,
  NEW_PLUGIN_PODS,
  NO_BRIDGE,
  nodeNotFoundProbe,
  NOT_CONFIGURED_PROBE,
  REGISTRATION,
  SUBNET_ENV_PROBE,
  VXLAN_POOLS,
} from './probes.js';

/** How pods come to have no network, or one that ends at the node. */
export const pitfalls: readonly Pitfall[] = [
  {
    id: 'cni-not-configured',
    stage: 'network',
    title: 'Nodes have no network for pods',
    meaning:
      'kubelet finds no configuration in /etc/cni/net.d, so pods with a network of their own wait in ContainerCreating and the node is NotReady. Before this stage that is as it should be; after it the plugin has not come to the node, or does not run there.',
    versions: 'all',
    symptoms: [
      /cni config uni(?:n|ni)tialized/,
      /cni plugin not initialized/,
      /No networks found in \/etc\/cni\/net\.d/,
      /no network config found in \/etc\/cni\/net\.d/,
      /NetworkPluginNotReady message:/,
    ],
    clusterProbe: { asks: ['kubernetes'], script: NOT_CONFIGURED_PROBE },
    preventedBy: [
      'network-plugin',
      'network-cni-config',
      'network-cni-programs',
      'network-ready',
      'kubernetes-nodes',
    ],
    remedy: {
      kind: 'automatic',
      risk: 'The pod of the plugin on that node starts anew; pods that have a network keep it.',
      steps: [
        'provision stage network',
        "Still NotReady: ls /etc/cni/net.d /opt/cni/bin on that node, and the plugin's pod there: kubectl get pods --all-namespaces -o wide --field-selector spec.nodeName=NODE",
      ],
      cure: [
        {
          at: 'cluster',
          title: 'The plugin starts anew on nodes without a network',
          commands: NEW_PLUGIN_PODS,
        },
        { stage: 'network' },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'flannel-wrong-interface',
    stage: 'network',
    title: 'flannel sends packets by another interface than the private one',
    meaning:
      "Left alone, flannel takes the interface of the default route, which on hosts with a public address is the public one; the other nodes' firewalls drop what comes there. On every node it has to be the interface that holds the private address of the inventory.",
    versions: 'flannel',
    symptoms: [
      // An address that is not private; flannel says the same line of one that is.
      /Using (?!10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.)\d+\.\d+\.\d+\.\d+ as external interface/,
      /the node \S+: flannel uses \S+ as external interface, and the private address is/,
      /the node \S+ has the address \S+, and flannel uses \S+ as external interface/,
      /network\.go:\d+\] (?:L3 miss: |Ignoring not a miss: )/,
    ],
    clusterProbe: { asks: ['kubernetes'], script: FLANNEL_INTERFACE_PROBE },
    preventedBy: ['network-interface', 'network-plugin', 'network-ready'],
    remedy: {
      kind: 'automatic',
      risk: "flannel's pods start anew, one node after the other; packets of pods are lost for seconds.",
      steps: [
        'provision stage network (it starts flannel with --iface and the private address of each node)',
        "Where somebody else's flannel runs: kubectl -n kube-flannel edit daemonset kube-flannel-ds, and add the argument --iface=NAME or --iface=ADDRESS",
      ],
      cure: [{ stage: 'network' }],
    },
    source: 'articles/003; github.com/flannel-io/flannel/issues/427',
  },
  {
    id: 'flannel-subnet-env',
    stage: 'network',
    title: 'flannel has not written /run/flannel/subnet.env on this node',
    meaning:
      "The program that kubelet calls reads the node's part of the network from a file that flanneld writes when it has its lease, and flanneld does not run there or has lost it. A copy of another node's file gives two nodes the same addresses, which is what later shows as cni-address-conflict.",
    versions: 'flannel',
    symptoms: [
      /open \/run\/flannel\/subnet\.env: no such file or directory/,
      /\/run\/flannel\/subnet\.env says \S+, (?:and the part of this node is|which is another node's)/,
    ],
    probe: SUBNET_ENV_PROBE,
    preventedBy: ['network-flannel-subnet', 'network-plugin'],
    remedy: {
      kind: 'automatic',
      risk: 'flannel starts anew on that node; packets of its pods are lost for seconds.',
      steps: [
        'provision stage network (it ends flanneld on that node and waits until kubelet has started it and the file is there)',
        'By hand: kubectl -n kube-flannel delete pod POD, for the pod of that node; never copy the file from another node',
      ],
      cure: [{ stage: 'network' }],
    },
    source: 'articles/003; github.com/kubernetes/kubernetes/issues/68818',
  },
  {
    id: 'cni-address-conflict',
    stage: 'network',
    title: 'The bridge cni0 has an address of another part of the network',
    meaning:
      "cni0 was made for another cluster, before a reset, or from another node's subnet.env, and the plugin refuses to change an address that pods may be using. It makes the bridge anew when there is none.",
    versions: 'flannel and routes',
    symptoms: [/\\?"cni0\\?" already has an IP address different from /],
    probe: BRIDGE_PROBE,
    preventedBy: ['network-cni0', 'network-flannel-subnet', 'network-cni-config'],
    remedy: {
      kind: 'guided',
      risk: 'Pods that hang on the bridge lose their network: they must be moved away first.',
      steps: [
        'provision stage network (it deletes cni0 when no pod hangs on it)',
        'With pods on it: kubectl drain NODE --ignore-daemonsets; on the node: ip link delete cni0; kubectl uncordon NODE; provision stage network',
      ],
      cure: [{ at: 'hosts', title: 'The bridge goes when no pod hangs on it', commands: NO_BRIDGE }],
    },
    source: 'articles/003; github.com/kubernetes/kubernetes/issues/39557',
  },
  {
    id: 'cni-ip-exhausted',
    stage: 'network',
    title: 'All addresses for pods of a node are taken, by containers that are gone',
    meaning:
      'The plugin keeps a file for each address in /var/lib/cni/networks, and removes it when a container ends; after a crash of the node or of the runtime nobody does. When the last one is taken, new pods wait in ContainerCreating.',
    versions: 'flannel and routes',
    symptoms: [
      /no IP addresses available in (?:network|range(?: set)?):? ?/,
      /\d+ of the \d+ addresses for pods of this node are taken, \d+ of them by containers that are gone/,
    ],
    probe: LEASES_PROBE,
    preventedBy: ['network-leases'],
    remedy: {
      kind: 'automatic',
      risk: 'None: only files of containers that the runtime does not know any more are removed.',
      steps: [
        'provision stage network',
        'By hand: remove from /var/lib/cni/networks/NAME those files whose first line is an id that "docker ps -aq --no-trunc" (or "ctr -n k8s.io containers list -q") does not show; never last_reserved_ip* and lock',
      ],
      cure: [{ stage: 'network' }],
    },
    source: 'articles/003; github.com/containernetworking/cni/issues/306',
  },
  {
    id: 'network-cross-node',
    stage: 'network',
    title: 'Pods of different nodes do not reach each other',
    meaning:
      'Each node works by itself, and packets between nodes get lost: a firewall or the cloud drops what carries them, a host does not forward, or they are too large. "Ready" says nothing of it; only trying every pair does.',
    versions: 'all',
    symptoms: [
      /(?:a pod on \S+|the node \S+ itself) does not reach the pod on \S+: /,
      /the node \S+ itself does not reach \S+(?:, the network of pods of the node| of the node)/,
      /a pod on \S+ sends packets of up to \d+ bytes, and \d+ is what fits between the nodes/,
    ],
    probe: crossNodeProbe,
    preventedBy: ['network-pairs', 'network-mtu', 'network-one-subnet', 'network-routes'],
    remedy: {
      kind: 'guided',
      risk: 'None, as far as it is about opening ports between the nodes.',
      steps: [
        'Open between the private addresses of the nodes, both ways: UDP 8472 for flannel (vxlan) and Cilium, UDP 8285 for flannel (udp), UDP 4789 for Calico, TCP 6783 and UDP 6783-6784 for Weave Net',
        'See where packets end: tcpdump -ni any udp port 8472 on both nodes while a pod pings',
        'If the cloud cannot open them, set network.plugin to routes (nodes in one subnet) or network.backend to host-gw',
        'What the host itself forbids (net.ipv4.ip_forward, a chain FORWARD that drops, routes that are gone): provision stage hosts',
        'provision stage network (it tries every pair again when anything has changed)',
      ],
      cure: [{ stage: 'hosts' }, { stage: 'network' }],
    },
    source: 'articles/003; github.com/flannel-io/flannel/blob/master/Documentation/troubleshooting.md',
  },
  {
    id: 'calico-ipip-blocked',
    stage: 'network',
    title: 'Calico is ready, and the cloud drops IPIP',
    meaning:
      "Calico's own manifest wraps packets between nodes in IP protocol 4, which is neither TCP nor UDP, and many clouds let nothing else through. The pods of Calico do not notice.",
    versions: 'Calico with backend ipip',
    symptoms: [/IP protocol 4 does not come through between the hosts/],
    probe: IPIP_PROBE,
    preventedBy: ['network-plugin', 'network-pairs'],
    remedy: {
      kind: 'guided',
      risk: 'Packets of pods are lost while the nodes change over.',
      steps: [
        'Leave network.backend out of the inventory, or set it to vxlan (UDP port 4789), then: provision stage network',
        'An address pool that is there keeps its way: kubectl patch ippools.crd.projectcalico.org default-ipv4-ippool --type=merge -p \'{"spec":{"ipipMode":"Never","vxlanMode":"Always"}}\'',
      ],
      cure: [
        { stage: 'network' },
        { at: 'cluster', title: 'Pools of addresses change to VXLAN', commands: VXLAN_POOLS },
      ],
    },
    source: 'articles/003; docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip',
  },
  {
    id: 'flannel-node-not-found',
    stage: 'network',
    title: 'flannel asks for a node that it does not know',
    meaning:
      'flanneld asked for its lease before it had heard of its own node; it tries again a second later and goes on. When it never does, the node is registered under another name than its own.',
    versions: 'flannel',
    symptoms: [/failed to acquire lease: node \\?["“]?[^"”\s]+["”]? not found/],
    probe: nodeNotFoundProbe,
    preventedBy: ['network-subnet', 'network-ready'],
    remedy: {
      kind: 'automatic',
      risk: 'kubelet starts anew on that host; the pods of the host go on meanwhile.',
      steps: [
        'When "Lease acquired" follows within ten seconds, nothing is wrong.',
        'Otherwise compare: kubectl get nodes; on that node: hostname, and --hostname-override in the arguments of kubelet',
      ],
      cure: [{ at: 'hosts', title: 'kubelet makes its node again', commands: REGISTRATION }],
    },
    source: 'articles/003; github.com/flannel-io/flannel/issues/435',
  },
];

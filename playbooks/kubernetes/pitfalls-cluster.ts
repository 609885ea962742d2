import type { Pitfall } from '../../src/pitfalls/pitfall.js';
import {
  advertisedProbe,
  CLEAN_LINKS,
  LEFTOVERS_PROBE,
  LINKS_PROBE,
  PROXY_PROBE,
  TAINTED_PROBE,
  UNTAINTING,
} from './probes.js';

/** How a cluster does not begin, or begins in the wrong way. */
export const clusterPitfalls: readonly Pitfall[] = [
  {
    id: 'kubeadm-leftovers',
    stage: 'kubernetes',
    title: 'kubeadm finds what an earlier attempt has left',
    meaning:
      'An init or join was interrupted, or the host was a node of another cluster, and its files, ports and data are still there. kubeadm begins on a clean host only; a host that serves must not be reset for that.',
    versions: 'all',
    symptoms: [
      /\bPort (?:6443|10250|10251|10252|10257|10259|2379|2380) is in use/,
      /\/(?:etc\/kubernetes\/(?:manifests|pki)|var\/lib\/(?:kubelet|etcd)) is not empty/,
      /\/etc\/kubernetes\/\S+ already exists/,
      /\[ERROR (?:FileAvailable--etc-kubernetes-|DirAvailable--|Port-)/,
      /This is left of an earlier cluster or of an interrupted kubeadm/,
      /The certificates in \/etc\/kubernetes of \S+ are of another cluster/,
    ],
    probe: LEFTOVERS_PROBE,
    preventedBy: ['kubernetes-member-state', 'kubernetes-one-cluster', 'kubeadm-init', 'kubeadm-join'],
    remedy: {
      kind: 'manual',
      risk: 'What the host holds of the earlier cluster is lost; on a control plane that may be all of it.',
      steps: [
        'Make sure that the host serves nobody: kubectl --kubeconfig=/etc/kubernetes/admin.conf get nodes',
        'provision reset --stage kubernetes --host HOST',
        'provision up',
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'kubeadm-reset-leaves-links',
    stage: 'kubernetes',
    title: 'kubeadm reset leaves links, addresses and firewall rules of the pod network',
    meaning:
      'kubeadm removes its own files, and leaves cni0, flannel.1, the state of CNI and the chains of iptables. The next cluster gives the host another part of the pod network, and pods fail with "cni0" already has an IP address different from theirs.',
    versions: 'all',
    symptoms: [
      /The reset process (?:does|did) not (?:clean|reset or clean up)/,
      /This host is no node, and still has the links/,
    ],
    probe: LINKS_PROBE,
    preventedBy: [],
    remedy: {
      kind: 'guided',
      risk: 'Pods that still run on the host lose their network.',
      steps: [
        'provision reset --stage kubernetes --host HOST (it removes the links, the state of CNI and the chains, too)',
        'By hand: ip link delete cni0; ip link delete flannel.1; rm -rf /var/lib/cni /etc/cni/net.d /run/flannel',
        'provision up',
      ],
      cure: [
        {
          at: 'hosts',
          title: 'What is left of the network of pods goes from the host',
          commands: CLEAN_LINKS,
        },
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'kubeadm-advertise-address',
    stage: 'kubernetes',
    title: 'The API server is known by the wrong address',
    meaning:
      'A host with several networks takes the address of its default route, which may be a public one that other nodes cannot reach. Pods then wait in vain for the address of the service kubernetes, 10.96.0.1 by default; kube-proxy without the network of the pods shows the same (kube-proxy-cluster-cidr).',
    versions: 'all',
    symptoms: [
      /https:\/\/[\d.]+:443\/\S*: dial tcp [\d.]+:443: (?:connect: )?(?:i\/o timeout|no route to host|connection timed out)/,
      /dial tcp 10\.96\.0\.1:443: i\/o timeout/,
      /The API server advertises \S+, (?:which is public|and the private address of this host is)/,
      /\S+ is known by \S* and not by its private address/,
    ],
    probe: advertisedProbe,
    preventedBy: ['kubeadm-init', 'kubeadm-join', 'kubelet-drop-in', 'kubernetes-nodes'],
    remedy: {
      kind: 'manual',
      risk: 'The cluster is begun anew: everything in it is lost.',
      steps: [
        'Give each host its private address in the inventory, as "address".',
        'provision reset --stage kubernetes',
        'provision up',
      ],
    },
    source: 'articles/003',
  },
  {
    id: 'kubeadm-two-addresses',
    stage: 'kubernetes',
    title: 'kubeadm join panics because the cluster has two addresses',
    meaning:
      'kubeadm 1.5 tries all advertised addresses at once, and ends with a panic when more than one answers. A control plane has to advertise exactly one address, the private one.',
    versions: 'Kubernetes 1.5',
    symptoms: [/close of closed channel/],
    noProbe: 'Only kubeadm 1.5 fails so, when a host joins; the inventory takes one address for a host.',
    preventedBy: ['kubeadm-settings', 'kubeadm-join'],
    remedy: {
      kind: 'manual',
      risk: 'The cluster is begun anew: everything in it is lost.',
      steps: ['provision reset --stage kubernetes', 'provision up'],
    },
    source: 'articles/003; kubernetes/kubernetes#36988',
  },
  {
    id: 'kube-proxy-cluster-cidr',
    stage: 'kubernetes',
    title: 'kube-proxy does not know the network of the pods',
    meaning:
      'kube-proxy was started without --cluster-cidr (clusterCIDR in its configuration), so it cannot tell traffic of pods from that of others, and does not masquerade what needs it. Pods of other nodes then wait in vain for the address of a service, 10.96.0.1 first of all.',
    versions: 'all',
    symptoms: [
      /dial tcp 10\.96\.0\.1:443: i\/o timeout/,
      /clusterCIDR not specified, unable to distinguish between internal and external traffic/,
      /but no cluster CIDR (?:is )?defined/i,
      /kube-proxy does not know that pods have addresses of/,
      /kube-proxy has no clusterCIDR/,
    ],
    clusterProbe: { asks: ['kubernetes'], script: PROXY_PROBE },
    preventedBy: ['kubeadm-settings', 'kubernetes-proxy'],
    remedy: {
      kind: 'automatic',
      risk: 'kube-proxy starts anew on each node; connections that are there go on.',
      steps: ['provision stage kubernetes'],
      cure: [{ stage: 'kubernetes' }],
    },
    source: 'articles/003; kubernetes/kubernetes#36835',
  },
  {
    id: 'kubeadm-master-tainted',
    stage: 'kubernetes',
    title: 'The control plane takes no pods, and there is no other node for them',
    meaning:
      'kubeadm gives a control plane a taint: dedicated in 1.5, node-role.kubernetes.io/master, later node-role.kubernetes.io/control-plane. In a small cluster pods without a toleration stay Pending for ever.',
    versions: 'all',
    symptoms: [
      /had (?:untolerated )?taints? \{?(?:dedicated|node-role\.kubernetes\.io\/(?:master|control-plane))/,
      /PodToleratesNodeTaints \(\d+\)/,
      /has the taint (?:dedicated|node-role\.kubernetes\.io\/(?:master|control-plane)), which keeps pods away/,
    ],
    clusterProbe: { asks: ['kubernetes'], script: TAINTED_PROBE },
    preventedBy: ['kubernetes-taints'],
    remedy: {
      kind: 'guided',
      risk: 'Pods share the host with the control plane, and can starve it.',
      steps: [
        'Give the control plane the role worker too, or set kubernetes.schedulableControlPlane: true in the inventory.',
        'provision stage kubernetes',
        'For a while: kubectl taint nodes NODE node-role.kubernetes.io/control-plane- (or the key that the pod names); the next run of the stage puts it back',
      ],
      cure: [
        { stage: 'kubernetes' },
        { at: 'cluster', title: 'Control planes lose the taint of their role', commands: UNTAINTING },
      ],
    },
    source: 'articles/003',
  },
];

/** Lines by which each pitfall of the stage kubernetes is known: from the articles, from sources, and from our own tasks. */
export const KUBERNETES_LINES: Readonly<Record<string, readonly string[]>> = {
  'kubeadm-leftovers': [
    '    Port 10250 is in use',
    '    /etc/kubernetes/manifests is not empty',
    '    /etc/kubernetes/pki is not empty',
    '    /var/lib/kubelet is not empty',
    '    /etc/kubernetes/admin.conf already exists',
    '\t[ERROR FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml]: /etc/kubernetes/manifests/kube-apiserver.yaml already exists',
    '\t[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty',
    '\t[ERROR Port-6443]: Port 6443 is in use',
    'This is left of an earlier cluster or of an interrupted kubeadm that was not ours, and kubeadm begins on a clean host only.',
  ],
  'kubeadm-reset-leaves-links': [
    'The reset process does not clean CNI configuration. To do so, you must remove /etc/cni/net.d',
    'The reset process does not reset or clean up iptables rules or IPVS tables.',
    'This host is no node, and still has the links cni0 flannel.1.',
  ],
  'kubeadm-advertise-address': [
    "E1227 06:17:50.605110       1 main.go:127] Failed to create SubnetManager: error retrieving pod spec for 'kube-system/kube-flannel-ds-tr8zr': Get https://10.96.0.1:443/api/v1/namespaces/kube-system/pods/kube-flannel-ds-tr8zr: dial tcp 10.96.0.1:443: i/o timeout",
    'Get "https://10.43.0.1:443/api/v1/nodes": dial tcp 10.43.0.1:443: i/o timeout',
    'The API server advertises 123.56.200.187, which is public, and this host has the private address 10.47.217.91.',
    'node2 is known by 123.56.200.187 and not by its private address 10.47.217.92',
  ],
  'kubeadm-two-addresses': [
    'E1228 10:14:05.405294   28378 runtime.go:64] Observed a panic: "close of closed channel" (close of closed channel)',
    'panic: close of closed channel [recovered]',
  ],
  'kube-proxy-cluster-cidr': [
    'W0101 00:00:00.000000       1 proxier.go:320] clusterCIDR not specified, unable to distinguish between internal and external traffic',
    'W0101 00:00:00.000000       1 server_others.go:428] detect-local-mode set to ClusterCIDR, but no cluster CIDR defined',
    'kube-proxy does not know that pods have addresses of 10.244.0.0/16',
  ],
  'kubeadm-master-tainted': [
    "0/1 nodes are available: 1 node(s) had taint {node-role.kubernetes.io/master: }, that the pod didn't tolerate.",
    '0/1 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }.',
    'No nodes are available that match all of the following predicates:: PodToleratesNodeTaints (1).',
    'node1 has the taint dedicated, which keeps pods away',
  ],
  'kubelet-eviction-nodefs': [
    '10月 16 09:50:55 ubuntu-k8s-3 kubelet[17144]: W1016 09:50:55.056703   17144 eviction_manager.go:331] eviction manager: attempting to reclaim nodefs',
    '10月 16 09:50:55 ubuntu-k8s-3 kubelet[17144]: I1016 09:50:55.057322   17144 eviction_manager.go:345] eviction manager: must evict pod(s) to reclaim nodefs',
    'I0101 00:00:00.000000    1234 eviction_manager.go:366] "Eviction manager: must evict pod(s) to reclaim" resourceName="ephemeral-storage"',
    'The node was low on resource: ephemeral-storage. Container main was using 24Ki, which exceeds its request of 0.',
    '/var/lib/kubelet/config.yaml sets evictionHard without memory.available: kubelet has no threshold for what is left out.',
  ],
  'kubelet-swap-on': [
    'F0101 00:00:00.000000    1234 server.go:262] failed to run Kubelet: running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.',
    '\t[ERROR Swap]: running with swap on is not supported. Please disable swap',
  ],
  'pods-service-account': [
    "F0302 03:59:41.036697       8 elasticsearch_logging_discovery.go:60] kube-system namespace doesn't exist: the server has asked for the client to provide credentials (get namespaces kube-system)",
    'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
    'open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory',
  ],
  'nfs-volumes': [
    '/data 192.168.1.0/24(insecure,rw,async,no_root_squash)',
    'mount: /var/lib/kubelet/pods/ee57885a/volumes/kubernetes.io~nfs/data: bad option; for several filesystems (e.g. nfs, cifs) you might need a /sbin/mount.<type> helper program.',
    'Output: mount.nfs: access denied by server while mounting 192.168.1.79:/data',
    '/data is exported to the root of its clients',
    'a volume of the pod with the uid ee57885a is a share of NFS, and mount.nfs is not installed on this host',
  ],
  'hostpath-empty': [
    'MountVolume.SetUp failed for volume "code" : hostPath type check failed: /home/dev/code is not a directory',
    'default/web mounts /home/dev/code, which is empty on this host.',
  ],
  'kubectl-tls-timeout': [
    'Unable to connect to the server: net/http: TLS handshake timeout',
    'Unable to connect to the server: proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
    'The proxy http://proxy:3128 of this machine stands in the way',
  ],
};

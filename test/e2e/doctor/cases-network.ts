import type { Case } from './case.js';

const LEASES = '/var/lib/cni/networks/cbr0';

export const networkCases: readonly Case[] = [
  {
    id: 'cni-not-configured',
    make: (lab) => lab.on('node3', 'rm /etc/cni/net.d/*; systemctl restart kubelet'),
  },
  {
    id: 'flannel-wrong-interface',
    // What flannel writes when it takes the interface of a default route that is public.
    make: (lab) =>
      lab.kubectl('annotate node node3 --overwrite flannel.alpha.coreos.com/public-ip=203.0.113.9'),
  },
  {
    id: 'flannel-subnet-env',
    make: (lab) => lab.on('node3', 'rm /run/flannel/subnet.env'),
    pairs: true,
  },
  {
    id: 'cni-address-conflict',
    make: async (lab) => {
      await lab.kubectl('drain node3 --ignore-daemonsets --force --delete-emptydir-data');
      await lab.on(
        'node3',
        'ip link show cni0 >/dev/null 2>&1 || ip link add cni0 type bridge; ip address flush dev cni0 scope global; ip address add 10.244.99.1/24 dev cni0; ip link set cni0 up',
      );
      await lab.kubectl('uncordon node3');
    },
  },
  {
    id: 'cni-ip-exhausted',
    make: (lab) =>
      lab.on(
        'node3',
        `prefix=$(sed -n 's/^FLANNEL_SUBNET=\\(.*\\)\\.1\\/24$/\\1/p' /run/flannel/subnet.env)
        mkdir -p ${LEASES}
        for last in $(seq 2 254); do
          file=${LEASES}/$prefix.$last
          [ -e "$file" ] || { printf '%064d\\r\\neth0' "$last" >"$file"; touch -d '1 hour ago' "$file"; }
        done`,
      ),
    pairs: true,
  },
  {
    id: 'network-cross-node',
    make: (lab) => lab.on('node3', 'iptables -I INPUT -p udp --dport 8472 -j DROP'),
    byHand: (lab) => lab.on('node3', 'iptables -D INPUT -p udp --dport 8472 -j DROP'),
  },
  {
    id: 'flannel-node-not-found',
    // A flannel of its own that asks for a node which is registered under another name.
    make: async (lab) => {
      const daemonSet = JSON.parse(
        await lab.kubectl('-n kube-flannel get daemonset kube-flannel-ds -o json'),
      ) as {
        spec: { template: { spec: { containers: { env: { name: string }[] }[] } } };
      };
      const { spec } = daemonSet.spec.template;
      const [container] = spec.containers;
      if (container === undefined) throw new Error('flannel has no container');
      container.env = [
        ...container.env.filter(({ name }) => name !== 'POD_NAME' && name !== 'NODE_NAME'),
        { name: 'NODE_NAME', value: 'iz25beglnhtz' } as { name: string },
      ];
      await lab.apply({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'kube-flannel-other', namespace: 'kube-flannel' },
        spec: { ...spec, nodeName: 'node3', restartPolicy: 'Always' },
      });
    },
    byHand: (lab) => lab.kubectl('-n kube-flannel delete pod kube-flannel-other --grace-period=1'),
  },
];

import type { Case } from './case.js';
import type { Platform } from './platform.js';

const LEASES = '/var/lib/cni/networks/cbr0';

interface DaemonSet {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { args?: string[]; env: Variable[] }[] };
    };
  };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

async function flannelOf(lab: Platform): Promise<DaemonSet> {
  return JSON.parse(await lab.kubectl('-n kube-flannel get daemonset kube-flannel-ds -o json')) as DaemonSet;
}

export const networkCases: readonly Case[] = [
  {
    id: 'cni-not-configured',
    make: (lab) => lab.on('node3', 'rm /etc/cni/net.d/*; systemctl restart kubelet'),
  },
  {
    id: 'flannel-wrong-interface',
    // Without --iface it takes the interface of the default route, which on node3 is a public one.
    make: async (lab) => {
      await lab.on(
        'node3',
        `ip link add public0 type veth peer name public1 && ip link set public0 up && ip link set public1 up
        ip address add 203.0.113.9/24 dev public0
        ip route replace default via 203.0.113.1 dev public0`,
      );
      const daemonSet = await flannelOf(lab);
      const [container] = daemonSet.spec.template.spec.containers;
      const args = container?.args?.filter((word) => !word.startsWith('--iface'));
      const patch = [{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: args }];
      await lab.kubectl(
        `-n kube-flannel patch daemonset kube-flannel-ds --type=json -p '${JSON.stringify(patch)}'`,
      );
      await lab.kubectl('-n kube-flannel rollout status daemonset kube-flannel-ds --timeout=180s');
    },
    after: (lab) =>
      lab.on(
        'node3',
        `ip link delete public0; ip route replace default via ${lab.address('node3').replace(/\d+$/, '1')}`,
      ),
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
      const { spec } = (await flannelOf(lab)).spec.template;
      const [container] = spec.containers;
      if (container === undefined) throw new Error('flannel has no container');
      const others = container.env.filter(({ name }) => name !== 'POD_NAME' && name !== 'NODE_NAME');
      container.env = [...others, { name: 'NODE_NAME', value: 'iz25beglnhtz' }];
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

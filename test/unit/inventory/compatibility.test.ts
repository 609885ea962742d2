import { describe, expect, it } from 'vitest';
import { fetchedRelease } from '../../../playbooks/network/fetched/releases.js';
import { PLUGIN_MINORS } from '../../../src/inventory/compatibility-network.js';
import { compatibilityRules } from '../../../src/inventory/compatibility.js';
import { NEWEST_MINOR, OLDEST_MINOR } from '../../../src/inventory/kubernetes-settings.js';
import { loadInventory } from '../../../src/inventory/load.js';

const one = 'node1: {address: 10.0.0.11}';

const cephHosts =
  'hosts: {a: {address: 10.0.0.1, roles: [mon, osd, mds]}, b: {address: 10.0.0.2, roles: [osd]}}';
/** Two hosts with OSDs, and what `ceph` says. */
const ceph = (settings: string): string => `${cephHosts}\nceph: {${settings}}`;

/** Control planes, and what `kubernetes` and `network` say. */
const planes = (count: number, settings: string, role = 'control-plane'): string =>
  `hosts: {"n[1:${count}]": {address: "10.0.0.[1:${count}]", roles: [${role}]}}\nkubernetes: {${settings}}`;
const kubernetes = (settings: string): string => planes(1, settings);
const old = 'source: folder, folder: /srv/kubernetes';
const network = (settings: string): string => `${kubernetes('')}\nnetwork: {${settings}}`;
const six = (settings: string, plugin = 'none'): string =>
  `hosts: {a: {address: "fd00::1", roles: [control-plane]}}\nnetwork: {plugin: ${plugin}}\n${settings}`;

/** For each rule: inventories that break it (what follows `hosts`, and the rest), and one that keeps it. */
const cases: Readonly<Record<string, { breaks: readonly string[]; keeps: readonly string[] }>> = {
  'jump-through-itself': {
    breaks: [
      'hosts: {a: {address: 10.0.0.1, ssh: {proxyJump: a}}}',
      'hosts: {a: {address: 10.0.0.1}}\nssh: {proxyJump: "ops@10.0.0.1:22"}',
      'hosts: {a: {address: "fd00::1"}}\nssh: {proxyJump: "ops@[fd00::1]"}',
      'hosts: {a: {address: 10.0.0.1, ssh: {host: gate, port: 2222}}}\nssh: {proxyJump: "x,gate:2222"}',
    ],
    keeps: [
      'hosts: {a: {address: 10.0.0.1, ssh: {proxyJump: []}}, b: {address: 10.0.0.2}}\nssh: {proxyJump: 10.0.0.1}',
      'hosts: {a: {address: 10.0.0.1, ssh: {host: gate, port: 2222}}}\nssh: {proxyJump: gate}',
    ],
  },
  'mixed-address-families': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon]}, b: {address: "fd00::2", roles: [osd]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [mon]}, b: {address: "fd00::2", roles: [docker]}}'],
  },
  'worker-without-control-plane': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [worker]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [worker, control-plane]}}'],
  },
  'ceph-without-monitor': {
    breaks: [
      'hosts: {a: {address: 10.0.0.1, roles: [osd]}}',
      'hosts: {a: {address: 10.0.0.1, roles: [mgr]}}',
    ],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [osd]}, b: {address: 10.0.0.2, roles: [mon]}}'],
  },
  'mds-without-osd': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon, mds]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [mon, mds, osd]}}'],
  },
  'proxy-without-address': {
    breaks: [`hosts: {${one}}\nproxy: {noProxy: [.example.com]}`, `hosts: {${one}}\nproxy:`],
    keeps: [`hosts: {${one}}\nproxy: {https: "http://proxy:3128"}`],
  },
  'repository-of-the-distribution': {
    breaks: [`hosts: {${one}}\ndocker: {repository: "https://mirror.example.com"}`],
    keeps: [`hosts: {${one}}\ndocker: {source: docker-ce, repository: "https://mirror.example.com"}`],
  },
  'docker-ce-version-from-distribution': {
    breaks: ['5:24.0', '17.03.0~ce', '5:20.10.21~3-0~debian-bookworm'].map(
      (version) => `hosts: {${one}}\ndocker: {version: "${version}"}`,
    ),
    keeps: [
      `hosts: {${one}}\ndocker: {version: 20.10}`,
      `hosts: {${one}}\ndocker: {source: docker-ce, version: "5:24.0"}`,
    ],
  },
  'docker-ce-before-17.03': {
    breaks: ['1.12.6', '17.02', '5:1.13'].map(
      (version) => `hosts: {${one}}\ndocker: {source: docker-ce, version: "${version}"}`,
    ),
    keeps: ['17.03', '17.03.2~ce', '5:24.0', '17'].map(
      (version) => `hosts: {${one}}\ndocker: {source: docker-ce, version: "${version}"}`,
    ),
  },
  'docker-before-daemon-json': {
    breaks: ['1.11.2', '1.6'].map((version) => `hosts: {${one}}\ndocker: {version: "${version}"}`),
    keeps: ['1.12', '1.12.6', '1.13', '17.03'].map(
      (version) => `hosts: {${one}}\ndocker: {version: "${version}"}`,
    ),
  },
  'kubernetes-version-unknown': {
    breaks: ['1.4', '1.38', '1.38.1'].map((version) => kubernetes(`version: ${version}, ${old}`)),
    keeps: ['1.5', '1.5.1', '1.20.2', '1.37'].map((version) => kubernetes(`version: ${version}, ${old}`)),
  },
  'kubernetes-version-missing': {
    breaks: [kubernetes(old), kubernetes('source: distribution')],
    keeps: [kubernetes(`${old}, version: 1.20.2`), kubernetes('source: distribution, version: 1.20')],
  },
  'kubernetes-repository-unused': {
    breaks: [
      kubernetes('source: distribution, version: 1.34, repository: "https://mirror.example.com"'),
      kubernetes(`${old}, version: 1.34, repository: "https://mirror.example.com"`),
    ],
    keeps: [kubernetes('repository: "https://mirror.example.com/kubernetes"')],
  },
  'kubernetes-folder-unused': {
    breaks: [
      kubernetes('folder: /srv/kubernetes'),
      kubernetes('source: distribution, version: 1.34, folder: /srv/k'),
    ],
    keeps: [kubernetes(`${old}, version: 1.20.2`)],
  },
  'kubernetes-folder-missing': {
    breaks: [kubernetes('source: folder, version: 1.20.2')],
    keeps: [kubernetes(`${old}, version: 1.20.2`)],
  },
  'kubernetes-packages-gone': {
    breaks: ['1.23', '1.5.1', '1.20.2'].map((version) => kubernetes(`version: ${version}`)),
    keeps: [
      kubernetes('version: 1.24'),
      kubernetes('version: 1.20, repository: "https://mirror.example.com/apt.kubernetes.io"'),
      kubernetes(`version: 1.20.2, ${old}`),
      kubernetes('version: 1.20.2, source: distribution'),
    ],
  },
  'dockershim-gone': {
    breaks: ['runtime: docker', 'runtime: docker, version: 1.24'].map(kubernetes),
    keeps: [
      'runtime: containerd',
      'runtime: cri-dockerd, version: 1.24',
      `runtime: docker, version: 1.23, ${old}`,
    ].map(kubernetes),
  },
  'cri-dockerd-before-1.24': {
    breaks: [kubernetes(`runtime: cri-dockerd, version: 1.23, ${old}`)],
    keeps: [kubernetes('runtime: cri-dockerd'), kubernetes(`runtime: docker, version: 1.23, ${old}`)],
  },
  'containerd-before-1.11': {
    breaks: ['1.10', '1.5.1'].map((version) =>
      kubernetes(`runtime: containerd, version: ${version}, ${old}`),
    ),
    keeps: [
      kubernetes(`runtime: containerd, version: 1.11, ${old}`),
      kubernetes(`version: 1.10, ${old}`),
      kubernetes(`runtime: docker, version: 1.10, ${old}`),
    ],
  },
  'even-control-planes': {
    breaks: [planes(2, ''), planes(4, '')],
    keeps: [planes(1, ''), planes(3, ''), planes(5, '')],
  },
  'control-planes-before-1.14': {
    breaks: [planes(3, `version: 1.13, ${old}`), planes(3, `version: 1.5.1, ${old}`)],
    keeps: [planes(3, `version: 1.14, ${old}`), planes(1, `version: 1.13, ${old}`), planes(3, '')],
  },
  'endpoint-of-one-control-plane': {
    breaks: ['n1', 'n2:6443', '10.0.0.3', '"10.0.0.3:443"'].map((host) =>
      planes(3, `controlPlaneEndpoint: ${host}`),
    ),
    keeps: [
      planes(3, 'controlPlaneEndpoint: "k8s.example.com:6443"'),
      planes(3, ''),
      planes(1, 'controlPlaneEndpoint: n1'),
    ],
  },
  'schedulable-contradiction': {
    breaks: [planes(1, 'schedulableControlPlane: false', 'control-plane, worker')],
    keeps: [
      planes(1, 'schedulableControlPlane: false'),
      planes(1, 'schedulableControlPlane: true'),
      planes(1, '', 'control-plane, worker'),
    ],
  },
  'endpoint-before-1.10': {
    breaks: [kubernetes(`version: 1.9, ${old}, controlPlaneEndpoint: k8s.example.com`)],
    keeps: [
      kubernetes(`version: 1.10, ${old}, controlPlaneEndpoint: k8s.example.com`),
      kubernetes(`version: 1.9, ${old}, certificateNames: [k8s.example.com]`),
    ],
  },
  'image-repository-before-1.8': {
    breaks: ['1.5.1', '1.7'].map((version) =>
      kubernetes(`version: ${version}, ${old}, imageRepository: registry.example.com/k8s`),
    ),
    keeps: [
      kubernetes(`version: 1.8, ${old}, imageRepository: registry.example.com/k8s`),
      kubernetes(`version: 1.7, ${old}`),
    ],
  },
  'extra-args-before-kubeadm': {
    breaks: [
      kubernetes(`version: 1.5.1, ${old}, extraArgs: {scheduler: {v: 2}}`),
      kubernetes(`version: 1.6, ${old}, extraArgs: {etcd: {debug: true}}`),
    ],
    keeps: [
      kubernetes(`version: 1.5.1, ${old}, extraArgs: {kubelet: {v: 2}}`),
      kubernetes(`version: 1.6, ${old}, extraArgs: {apiServer: {v: 2}}`),
      kubernetes(`version: 1.7, ${old}, extraArgs: {etcd: {debug: true}}`),
    ],
  },
  'kubelet-config-before-1.11': {
    breaks: [kubernetes(`version: 1.10, ${old}, kubeletConfig: {maxPods: 50}`)],
    keeps: [
      kubernetes(`version: 1.11, ${old}, kubeletConfig: {maxPods: 50}`),
      kubernetes(`version: 1.10, ${old}, extraArgs: {kubelet: {max-pods: 50}}`),
    ],
  },
  'proxy-config-before-1.9': {
    breaks: [kubernetes(`version: 1.8, ${old}, proxyConfig: {mode: ipvs}`)],
    keeps: [
      kubernetes(`version: 1.9, ${old}, proxyConfig: {mode: ipvs}`),
      kubernetes(`version: 1.8, ${old}`),
    ],
  },
  'setting-within-setting': {
    breaks: [
      kubernetes('proxyConfig: {conntrack: 1, conntrack.min: 0}'),
      kubernetes('kubeletConfig: {a.b.c: 1, a.b: 0}'),
    ],
    keeps: [
      kubernetes('proxyConfig: {conntrack.min: 0, conntrack.maxPerCore: 32768}'),
      kubernetes('kubeletConfig: {max: 1, maxPods: 2}'),
    ],
  },
  'patch-before-kubeadm': {
    breaks: [
      kubernetes(`version: 1.18, ${old}, patches: {etcd.yaml: "{}"}`),
      kubernetes('version: 1.24, patches: {kubeletconfiguration.yaml: "{}"}'),
      kubernetes('version: 1.31, patches: {corednsdeployment+merge.yaml: "{}"}'),
    ],
    keeps: [
      kubernetes(`version: 1.19, ${old}, patches: {kube-apiserver0+json.json: "[]"}`),
      kubernetes('version: 1.25, patches: {kubeletconfiguration.yaml: "{}"}'),
      kubernetes('patches: {corednsdeployment+merge.yaml: "{}"}'),
    ],
  },
  'no-execute-before-1.6': {
    breaks: [
      `hosts: {a: {address: 10.0.0.1, roles: [control-plane], taints: ["x=y:NoExecute"]}}\nkubernetes: {version: 1.5.1, ${old}}`,
    ],
    keeps: [
      `hosts: {a: {address: 10.0.0.1, roles: [control-plane], taints: ["x:NoExecute"]}}\nkubernetes: {version: 1.6, ${old}}`,
      `hosts: {a: {address: 10.0.0.1, roles: [control-plane], taints: ["x:NoSchedule"]}}\nkubernetes: {version: 1.5.1, ${old}}`,
    ],
  },
  'subnets-overlap': {
    breaks: [
      'podSubnet: 10.96.0.0/16',
      'serviceSubnet: 10.244.255.0/24',
      'podSubnet: 192.168.0.0/16, serviceSubnet: 192.168.0.0/16',
    ].map(kubernetes),
    keeps: ['podSubnet: 192.168.0.0/17, serviceSubnet: 192.168.128.0/17', 'podSubnet: 10.112.0.0/16'].map(
      kubernetes,
    ),
  },
  'subnet-over-hosts': {
    breaks: [
      kubernetes('podSubnet: 10.0.0.0/16'),
      kubernetes('serviceSubnet: 10.0.0.0/24'),
      'hosts: {a: {address: 10.96.0.1, roles: [control-plane]}}',
      'hosts: {a: {address: 10.0.0.1, roles: [control-plane]}, desk: {address: 10.244.3.4}}',
    ],
    keeps: [
      kubernetes('podSubnet: 172.20.0.0/16, serviceSubnet: 172.24.0.0/16'),
      'hosts: {a: {address: 10.96.0.1, roles: [docker]}}',
    ],
  },
  'subnet-over-docker-bridge': {
    breaks: ['podSubnet: 172.17.0.0/16', 'serviceSubnet: 172.16.0.0/12'].map(kubernetes),
    keeps: ['podSubnet: 172.18.0.0/16, serviceSubnet: 172.16.0.0/16'].map(kubernetes),
  },
  'subnet-of-other-family': {
    breaks: [kubernetes('podSubnet: "fd01::/56"'), six('kubernetes: {serviceSubnet: 10.96.0.0/12}')],
    keeps: [six(''), six('kubernetes: {podSubnet: "fd01::/56", serviceSubnet: "fd02::/112"}')],
  },
  'pod-subnet-too-small': {
    breaks: [
      planes(3, 'podSubnet: 10.244.0.0/23'),
      kubernetes('podSubnet: 10.244.0.0/25'),
      six('kubernetes: {podSubnet: "fd01::/65"}'),
    ],
    keeps: [
      planes(3, 'podSubnet: 10.244.0.0/22'),
      kubernetes('podSubnet: 10.244.0.0/24'),
      kubernetes('podSubnet: 10.244.0.0/25, extraArgs: {controllerManager: {node-cidr-mask-size: 26}}'),
      `hosts: {${one}}\nkubernetes: {podSubnet: 10.244.0.0/30}`,
    ],
  },
  'pod-subnet-too-large': {
    breaks: [
      six('kubernetes: {podSubnet: "fd01::/40"}'),
      kubernetes('podSubnet: 128.0.0.0/7, serviceSubnet: 10.96.0.0/12'),
    ],
    keeps: [six('kubernetes: {podSubnet: "fd01::/48"}'), kubernetes('podSubnet: 11.0.0.0/8')],
  },
  'service-subnet-size': {
    breaks: [
      kubernetes('serviceSubnet: 11.0.0.0/8'),
      kubernetes('serviceSubnet: 10.96.0.0/29'),
      six('kubernetes: {serviceSubnet: "fd02::/64"}'),
    ],
    keeps: [kubernetes('serviceSubnet: 10.96.0.0/28'), six('kubernetes: {serviceSubnet: "fd02::/108"}')],
  },
  'ipv6-before-1.18': {
    breaks: [six(`kubernetes: {version: 1.17, ${old}}`)],
    keeps: [six(`kubernetes: {version: 1.18, ${old}}`), kubernetes(`version: 1.17, ${old}`), six('')],
  },
  'backend-of-other-plugin': {
    breaks: [
      'backend: ipip',
      'plugin: calico, backend: host-gw',
      'plugin: routes, backend: host-gw',
      'plugin: cilium, backend: vxlan',
    ].map(network),
    keeps: ['backend: udp', 'backend: host-gw', 'plugin: calico, backend: ipip', 'plugin: weave'].map(
      network,
    ),
  },
  'network-setting-unused': {
    breaks: [
      'manifestMirror: "https://mirror.example.com"',
      'plugin: routes, version: 1.2.3',
      'plugin: none, mtu: 1400',
    ].map(network),
    keeps: [
      'plugin: calico, manifestMirror: "https://mirror.example.com", version: 3.32.0',
      'version: 0.28.9, imageRepository: registry.example.com/flannel, mtu: 1400',
      'plugin: routes, mtu: 1400',
    ].map(network),
  },
  'plugin-of-other-versions': {
    breaks: [
      `${kubernetes(`version: 1.15, ${old}`)}\nnetwork: {plugin: cilium}`,
      network('plugin: cilium'),
      `${kubernetes(`version: 1.20.2, ${old}`)}\nnetwork: {plugin: calico}`,
    ],
    keeps: [
      `${kubernetes(`version: 1.16, ${old}`)}\nnetwork: {plugin: cilium}`,
      `${kubernetes(`version: 1.21, ${old}`)}\nnetwork: {plugin: calico}`,
      `${kubernetes(`version: 1.5.1, ${old}`)}\nnetwork: {plugin: weave}`,
      ...['1.5.1', '1.15'].flatMap((version) =>
        ['flannel', 'routes'].map(
          (plugin) => `${kubernetes(`version: ${version}, ${old}`)}\nnetwork: {plugin: ${plugin}}`,
        ),
      ),
    ],
  },
  'pod-network-of-ipv6': {
    breaks: [six('', 'flannel'), six('', 'routes'), six('', 'calico')],
    keeps: [six(''), 'hosts: {a: {address: "fd00::1", roles: [mon]}}', network('plugin: flannel')],
  },
  'ceph-repository-of-the-distribution': {
    breaks: [ceph('repository: "https://mirror.example.com/ceph"')],
    keeps: [ceph('source: ceph.com, release: pacific, repository: "https://mirror.example.com/ceph"')],
  },
  'ceph-com-without-release': {
    breaks: [ceph('source: ceph.com')],
    keeps: [ceph('source: ceph.com, release: quincy')],
  },
  'release-of-no-distribution': {
    breaks: [ceph('release: mimic')],
    keeps: [ceph('release: mimic, source: ceph.com'), ceph('release: jewel')],
  },
  'filestore-from-reef': {
    breaks: ['reef', 'squid', 'tentacle'].map((release) =>
      ceph(`release: ${release}, store: filestore, installer: packages`),
    ),
    keeps: [
      ceph('release: quincy, store: filestore'),
      ceph('store: filestore'),
      ceph('release: reef, installer: packages'),
    ],
  },
  'bluestore-before-luminous': {
    breaks: [ceph('release: jewel, store: bluestore')],
    keeps: [ceph('release: luminous, store: bluestore'), ceph('release: jewel'), ceph('store: bluestore')],
  },
  'filestore-device-without-journal': {
    breaks: [
      ceph('release: luminous, store: filestore, osds: [/dev/sdb]'),
      ceph('release: pacific, store: filestore, installer: packages, osds: [/data/osd0, /dev/sdb]'),
    ],
    keeps: [
      ceph('release: jewel, store: filestore, osds: [/dev/sdb]'),
      ceph('release: pacific, osds: [/dev/sdb]'),
      ceph('release: pacific, store: filestore, osds: [/data/osd0]'),
    ],
  },
  'ceph-deploy-from-reef': {
    breaks: [ceph('release: reef'), ceph('release: tentacle, installer: ceph-deploy')],
    keeps: [ceph('release: reef, installer: packages'), ceph('release: quincy')],
  },
  'mgr-before-luminous': {
    breaks: [
      'hosts: {a: {address: 10.0.0.1, roles: [mon, mgr]}}\nceph: {release: jewel}',
      'hosts: {a: {address: 10.0.0.1}}\ngroups: {g: {hosts: [a], roles: [mon, mgr]}}\nceph: {release: jewel}',
    ],
    keeps: [
      'hosts: {a: {address: 10.0.0.1, roles: [mon, mgr]}}\nceph: {release: luminous}',
      ceph('release: jewel'),
    ],
  },
  'monitor-outside-public-network': {
    breaks: [ceph('publicNetwork: 10.0.1.0/24')],
    keeps: [
      ceph('publicNetwork: 10.0.0.0/24, clusterNetwork: 10.9.0.0/16'),
      ceph('publicNetwork: 10.0.0.1/32'),
    ],
  },
  'cluster-network-of-other-family': {
    breaks: [
      ceph('clusterNetwork: "fd00::/64"'),
      'hosts: {a: {address: "fd00::1", roles: [mon]}}\nceph: {clusterNetwork: 10.0.0.0/24}',
    ],
    keeps: [
      ceph('clusterNetwork: 10.1.0.0/24'),
      'hosts: {a: {address: "fd00::1", roles: [mon]}}\nceph: {clusterNetwork: "fd01::/64"}',
      `hosts: {${one}}\nceph: {clusterNetwork: "fd00::/64"}`,
    ],
  },
  'pool-size-above-osd-hosts': {
    breaks: [ceph('poolSize: 3'), ceph('pools: {kube: {size: 3}}')],
    keeps: [ceph('poolSize: 2, pools: {kube: {size: 1}}'), `hosts: {${one}}\nceph: {poolSize: 3}`],
  },
  'pool-without-osd': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon]}}\nceph: {pools: {kube: {}}}'],
    keeps: [ceph('pools: {kube: {}}'), `hosts: {${one}}\nceph: {pools: {kube: }}`],
  },
  'pg-num-power-of-two': {
    breaks: [ceph('pools: {kube: {pgNum: 100}}')],
    keeps: [ceph('pools: {kube: {pgNum: 128}, one: {pgNum: 1}}')],
  },
  'image-in-other-pool': {
    breaks: [ceph('pools: {logs: {application: rgw}}, images: {logs/a: {size: 1G}}')],
    keeps: [ceph('pools: {kube: {}}, images: {kube/a: {size: 1G}}')],
  },
  'image-feature-alone': {
    breaks: ['object-map', 'journaling', 'exclusive-lock, fast-diff'].map((features) =>
      ceph(`pools: {kube: }, images: {kube/a: {size: 1G, features: [${features}]}}`),
    ),
    keeps: ['layering', '', 'exclusive-lock, object-map, fast-diff, deep-flatten'].map((features) =>
      ceph(`pools: {kube: }, images: {kube/a: {size: 1G, features: [${features}]}}`),
    ),
  },
  'client-of-other-pool': {
    breaks: [ceph('pools: {kube: {}, files: {application: cephfs}}, clients: {x: {pools: [kube, files]}}')],
    keeps: [ceph('pools: {kube: {}, files: {application: cephfs}}, clients: {x: {pools: [kube]}}')],
  },
  'client-without-right': {
    breaks: [ceph('clients: {kube: {}}'), ceph('clients: {kube: {pools: []}}')],
    keeps: [ceph('pools: {kube: }, clients: {kube: {pools: [kube]}, harbor: {path: /apps}}')],
  },
  'client-path-without-mds': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon, osd]}}\nceph: {clients: {harbor: {path: /apps}}}'],
    keeps: [ceph('clients: {harbor: {path: /apps}}')],
  },
};

it.each(['calico', 'cilium', 'weave'] as const)(
  '%s: the manifests of the stage are those of the rule',
  (plugin) => {
    const { from = OLDEST_MINOR, to = NEWEST_MINOR } = PLUGIN_MINORS[plugin] ?? {};
    for (let minor = OLDEST_MINOR; minor <= NEWEST_MINOR; minor += 1)
      expect([minor, fetchedRelease(plugin, minor, undefined) !== undefined]).toEqual([
        minor,
        minor >= from && minor <= to,
      ]);
  },
);

describe.each(compatibilityRules)('$id', ({ id, works }) => {
  it.each(cases[id]?.breaks ?? ['(no case)'])('refuses %j', async (text) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'INVENTORY_INVALID',
      message: expect.stringMatching(
        new RegExp(`^inventory\\.yaml:\\d+:\\d+: .*\\(${id.replaceAll('.', '\\.')}\\)$`, 'm'),
      ),
    });
    await expect(load(text)).rejects.toMatchObject({ message: expect.stringContaining(`allowed: ${works}`) });
  });

  it.each(cases[id]?.keeps ?? ['(no case)'])('accepts %j', async (text) => {
    await expect(load(text)).resolves.toBeDefined();
  });
});

async function load(text: string): Promise<unknown> {
  return loadInventory('inventory.yaml', {
    env: {},
    readFile: () => Buffer.from(`cluster: demo\n${text}\n`),
  });
}

import { describe, expect, it } from 'vitest';
import { compatibilityRules } from '../../../src/inventory/compatibility.js';
import { loadInventory } from '../../../src/inventory/load.js';

const one = 'node1: {address: 10.0.0.11}';

const cephHosts =
  'hosts: {a: {address: 10.0.0.1, roles: [mon, osd, mds]}, b: {address: 10.0.0.2, roles: [osd]}}';
/** Two hosts with OSDs, and what `ceph` says. */
const ceph = (settings: string): string => `${cephHosts}\nceph: {${settings}}`;

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

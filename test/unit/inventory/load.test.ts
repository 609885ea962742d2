import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Host, Inventory } from '../../../src/inventory/inventory.js';
import {
  EVICTION_DEFAULTS,
  NEWEST_MINOR,
  OLDEST_MINOR,
  type KubernetesSettings,
  type NetworkSettings,
} from '../../../src/inventory/kubernetes-settings.js';
import { loadInventory } from '../../../src/inventory/load.js';
import { NEWEST, OLDEST } from '../../../playbooks/kubernetes/releases.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-load-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function load(text: string | Uint8Array, env: Record<string, string> = {}): Promise<Inventory> {
  const path = join(folder, 'inventory.yaml');
  writeFileSync(path, text);
  return loadInventory(path, { env: { HOME: '/home/operator', ...env } });
}

function hostOf(inventory: Inventory, name: string): Host {
  const host = inventory.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

describe('ceph', () => {
  it('stores data where the host says, else its groups, else the top', async () => {
    const { hosts } = await load(`
cluster: demo
hosts:
  a: {address: 10.0.0.1, roles: [mon, osd], osds: [/dev//sdb/, /dev/sdc]}
  b: {address: 10.0.0.2}
  c: {address: 10.0.0.3, roles: [osd]}
  d: {address: 10.0.0.4, roles: [mon]}
groups:
  disks: {hosts: [a, b, d], osds: [/dev/vdb]}
  storage: {hosts: [b], roles: [osd], osds: [/dev/vdb]}
ceph: {osds: [/data/osd0]}
`);
    expect(hosts.map(({ osds }) => osds)).toEqual([
      ['/dev/sdb', '/dev/sdc'],
      ['/dev/vdb'],
      ['/data/osd0'],
      [],
    ]);
  });

  it('reads every setting', async () => {
    const { ceph } = await load(`
cluster: demo
hosts:
  a: {address: 10.0.0.1, roles: [mon, osd, mds]}
  b: {address: 10.0.0.2, roles: [mon, osd]}
  desk: {address: 10.0.0.9}
ceph:
  release: pacific
  installer: packages
  source: ceph.com
  repository: https://mirror.example.com/ceph/
  admin: desk
  deployUser: deploy
  operatorsGroup: storage
  publicNetwork: 10.0.0.0/24
  clusterNetwork: 10.1.0.0/16
  poolSize: 2
  store: bluestore
  blockSize: 4G
  config: {osd journal size: 1024}
  pools:
    kube:
    logs: {application: rgw, size: 1, pgNum: 64}
  filesystem: files
  images:
    kube/registry: {size: 10G}
    kube/old: {size: 512M, features: [layering]}
  clients:
    kube: {pools: [kube, kube]}
    harbor: {path: /apps//harbor/}
`);
    expect(ceph).toEqual({
      release: 'pacific',
      installer: 'packages',
      source: 'ceph.com',
      repository: 'https://mirror.example.com/ceph',
      admin: 'desk',
      deployUser: 'deploy',
      operatorsGroup: 'storage',
      publicNetwork: '10.0.0.0/24',
      clusterNetwork: '10.1.0.0/16',
      poolSize: 2,
      store: 'bluestore',
      blockSize: '4G',
      config: new Map([['osd journal size', '1024']]),
      pools: [
        { name: 'kube', application: 'rbd', size: undefined, pgNum: undefined },
        { name: 'logs', application: 'rgw', size: 1, pgNum: 64 },
      ],
      filesystem: 'files',
      images: [
        { pool: 'kube', name: 'registry', size: '10G', features: undefined },
        { pool: 'kube', name: 'old', size: '512M', features: ['layering'] },
      ],
      clients: [
        { name: 'kube', pools: ['kube'], path: undefined },
        { name: 'harbor', pools: [], path: '/apps/harbor' },
      ],
    });
  });
});

const none = new Map<string, string>();
const kubernetesDefaults: KubernetesSettings = {
  version: undefined,
  source: 'upstream',
  repository: undefined,
  folder: undefined,
  runtime: undefined,
  controlPlaneEndpoint: undefined,
  podSubnet: '10.244.0.0/16',
  serviceSubnet: '10.96.0.0/12',
  dnsDomain: 'cluster.local',
  imageRepository: undefined,
  schedulableControlPlane: undefined,
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '10%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '15%',
    'imagefs.inodesFree': '5%',
  },
  extraArgs: { apiServer: none, controllerManager: none, scheduler: none, etcd: none, kubelet: none },
  kubeletConfig: none,
  proxyConfig: none,
  patches: none,
  certificateNames: [],
};
const networkDefaults: NetworkSettings = {
  plugin: 'flannel',
  backend: undefined,
  version: undefined,
  mtu: undefined,
  manifestMirror: undefined,
  imageRepository: undefined,
  probeImage: 'busybox:1.35',
};

describe('kubernetes and network', () => {
  it('read every setting', async () => {
    const { kubernetes, network } = await load(
      `
cluster: demo
hosts: {a: {address: 10.0.0.1, roles: [control-plane]}}
kubernetes:
  version: 1.30
  source: upstream
  repository: https://mirror.example.com/kubernetes/
  runtime: cri-dockerd
  controlPlaneEndpoint: "k8s.example.com:443"
  podSubnet: 172.20.0.0/16
  serviceSubnet: 172.24.0.0/16
  dnsDomain: k8s.example.com
  imageRepository: registry.example.com:5000/kubernetes
  schedulableControlPlane: true
  evictionHard: {nodefs.available: 5%}
  extraArgs:
    apiServer: {v: 2, anonymous-auth: false}
    kubelet: {feature-gates: "A=true,B=false"}
  kubeletConfig: {maxPods: 50}
  proxyConfig: {mode: ipvs, conntrack.min: 0}
  patches:
    kube-apiserver+merge.yaml: |
      spec:
        priority: 1
    etcd.yaml: "\${env:PATCH}"
  certificateNames: [203.0.113.7, "*.example.com", 203.0.113.7]
network:
  plugin: calico
  backend: ipip
  version: 3.32.0
  mtu: 1400
  manifestMirror: https://mirror.example.com/
  imageRepository: registry.example.com/calico
  probeImage: registry.example.com/busybox:1.36
`,
      { PATCH: 'metadata:\n  labels: {}' },
    );
    expect(kubernetes).toEqual({
      version: '1.30',
      source: 'upstream',
      repository: 'https://mirror.example.com/kubernetes',
      folder: undefined,
      runtime: 'cri-dockerd',
      controlPlaneEndpoint: 'k8s.example.com:443',
      podSubnet: '172.20.0.0/16',
      serviceSubnet: '172.24.0.0/16',
      dnsDomain: 'k8s.example.com',
      imageRepository: 'registry.example.com:5000/kubernetes',
      schedulableControlPlane: true,
      evictionHard: { ...EVICTION_DEFAULTS, 'nodefs.available': '5%' },
      extraArgs: {
        ...kubernetesDefaults.extraArgs,
        apiServer: new Map([
          ['v', '2'],
          ['anonymous-auth', 'false'],
        ]),
        kubelet: new Map([['feature-gates', 'A=true,B=false']]),
      },
      kubeletConfig: new Map([['maxPods', '50']]),
      proxyConfig: new Map([
        ['mode', 'ipvs'],
        ['conntrack.min', '0'],
      ]),
      patches: new Map([
        ['kube-apiserver+merge.yaml', 'spec:\n  priority: 1\n'],
        ['etcd.yaml', 'metadata:\n  labels: {}'],
      ]),
      certificateNames: ['203.0.113.7', '*.example.com'],
    });
    expect(network).toEqual({
      plugin: 'calico',
      backend: 'ipip',
      version: '3.32.0',
      mtu: 1400,
      manifestMirror: 'https://mirror.example.com',
      imageRepository: 'registry.example.com/calico',
      probeImage: 'registry.example.com/busybox:1.36',
    });
  });

  it('take subnets of the family of the hosts', async () => {
    const { kubernetes } = await load(
      'cluster: demo\nhosts: {a: {address: "fd00::1", roles: [control-plane]}}\nnetwork: {plugin: none}',
    );
    expect(kubernetes).toMatchObject({ podSubnet: 'fd00:10:244::/56', serviceSubnet: 'fd00:10:96::/112' });
  });

  it('keep the minors of the stage', () => {
    expect([OLDEST_MINOR, NEWEST_MINOR]).toEqual([OLDEST, NEWEST]);
  });

  it('give a node the labels and taints of its groups and its own, which go first', async () => {
    const { hosts } = await load(`
cluster: demo
hosts:
  a: {address: 10.0.0.1, roles: [control-plane], labels: {disk: nvme, empty: ""}, taints: ["use=own:NoSchedule"]}
  b: {address: 10.0.0.2, roles: [worker]}
  desk: {address: 10.0.0.9}
groups:
  all: {hosts: [a, b, desk], labels: {disk: ssd, site: here}, taints: ["use=group:NoSchedule", "x=:NoExecute"]}
  same: {hosts: [b], labels: {site: here}, taints: ["x:NoExecute", "x:NoSchedule"]}
`);
    expect(hosts.map(({ labels }) => Object.fromEntries(labels))).toEqual([
      { disk: 'nvme', site: 'here', empty: '' },
      { disk: 'ssd', site: 'here' },
      {},
    ]);
    expect(hosts.map(({ taints }) => taints)).toEqual([
      ['x:NoExecute', 'use=own:NoSchedule'],
      ['use=group:NoSchedule', 'x:NoExecute', 'x:NoSchedule'],
      [],
    ]);
  });
});

describe('loadInventory', () => {
  it('fills in every default', async () => {
    const inventory = await load('cluster: demo\nhosts: {node1: {address: 10.0.0.11}}\n');
    expect(inventory).toEqual({
      path: join(folder, 'inventory.yaml'),
      cluster: 'demo',
      hosts: [
        {
          name: 'node1',
          address: '10.0.0.11',
          roles: [],
          osds: [],
          labels: new Map(),
          taints: [],
          ssh: {
            host: '10.0.0.11',
            port: undefined,
            user: undefined,
            identityFile: undefined,
            passphrase: undefined,
            password: undefined,
            sudoPassword: undefined,
            hostKey: undefined,
            proxyJump: [],
            knownHostsFile: undefined,
            transport: 'ssh2',
            connectTimeout: 15,
          },
        },
      ],
      timezone: 'UTC',
      time: { servers: [], maxSkew: 0.05 },
      packages: { mirror: undefined, lockTimeout: 300 },
      proxy: undefined,
      docker: {
        source: 'distribution',
        version: undefined,
        repository: undefined,
        dataRoot: '/var/lib/docker',
        registryMirrors: [],
        insecureRegistries: [],
        cgroupDriver: 'systemd',
        logMaxSize: '10m',
        logMaxFiles: 3,
      },
      kubernetes: kubernetesDefaults,
      network: networkDefaults,
      ceph: {
        release: undefined,
        installer: 'ceph-deploy',
        source: 'distribution',
        repository: undefined,
        admin: undefined,
        deployUser: 'cephd',
        operatorsGroup: undefined,
        publicNetwork: undefined,
        clusterNetwork: undefined,
        poolSize: undefined,
        store: undefined,
        blockSize: '10G',
        config: new Map(),
        pools: [],
        filesystem: 'cephfs',
        images: [],
        clients: [],
      },
      secretValues: [],
    });
  });

  it('reads every setting', async () => {
    const inventory = await load(`
cluster: demo
timezone: Asia/Kolkata
time: {servers: [ntp.example.com, 10.0.0.1], maxSkew: 1.5}
packages: {mirror: "https://mirror.example.com/debian/", lockTimeout: 0}
proxy: {http: "http://operator:pa%24s@proxy.example.com:3128/", noProxy: [.example.com, 10.0.0.0/8, "*"]}
docker:
  source: docker-ce
  version: 20.10
  repository: https://mirror.example.com/docker-ce
  dataRoot: //data/docker/
  registryMirrors: ["http://mirror.example.com:5000/"]
  insecureRegistries: ["registry.example.com:5000", 10.0.0.0/8, "[fd00::1]:5000"]
  cgroupDriver: cgroupfs
  logMaxSize: 1g
  logMaxFiles: 10
hosts: {node1: {address: 10.0.0.11}}
`);
    expect(inventory.timezone).toBe('Asia/Kolkata');
    expect(inventory.time).toEqual({ servers: ['ntp.example.com', '10.0.0.1'], maxSkew: 1.5 });
    expect(inventory.packages).toEqual({ mirror: 'https://mirror.example.com/debian', lockTimeout: 0 });
    expect(inventory.proxy).toEqual({
      http: 'http://operator:pa%24s@proxy.example.com:3128',
      https: undefined,
      noProxy: ['.example.com', '10.0.0.0/8', '*'],
    });
    expect(inventory.secretValues).toEqual(['pa%24s', 'pa$s']);
    expect(inventory.docker).toEqual({
      source: 'docker-ce',
      version: '20.10',
      repository: 'https://mirror.example.com/docker-ce',
      dataRoot: '/data/docker',
      registryMirrors: ['http://mirror.example.com:5000'],
      insecureRegistries: ['registry.example.com:5000', '10.0.0.0/8', '[fd00::1]:5000'],
      cgroupDriver: 'cgroupfs',
      logMaxSize: '1g',
      logMaxFiles: 10,
    });
  });

  it('takes an ssh setting from the host, else its groups, else the top', async () => {
    const inventory = await load(`
cluster: demo
ssh: {user: top, port: 1, identityFile: ~/.ssh/id, proxyJump: "ops@a:22,b", transport: openssh}
hosts:
  node1: {address: 10.0.0.11, ssh: {user: own, host: 203.0.113.7, proxyJump: []}}
  node2: {address: 10.0.0.12}
  node3: {address: 10.0.0.13, ssh: {identityFile: keys/id, knownHostsFile: /etc/known_hosts, connectTimeout: 3}}
groups:
  some: {hosts: [node1, node2], ssh: {user: group, port: 2}}
`);
    expect(hostOf(inventory, 'node1').ssh).toMatchObject({
      user: 'own',
      port: 2,
      host: '203.0.113.7',
      proxyJump: [],
    });
    expect(hostOf(inventory, 'node2').ssh).toMatchObject({
      user: 'group',
      port: 2,
      host: '10.0.0.12',
      proxyJump: ['ops@a:22', 'b'],
      identityFile: '/home/operator/.ssh/id',
      transport: 'openssh',
    });
    expect(hostOf(inventory, 'node3').ssh).toMatchObject({
      user: 'top',
      port: 1,
      identityFile: join(folder, 'keys/id'),
      knownHostsFile: '/etc/known_hosts',
      connectTimeout: 3,
    });
  });

  it('expands ranges in place and adds up roles', async () => {
    const inventory = await load(`
cluster: demo
hosts:
  first: {address: 10.0.0.1, roles: [control-plane]}
  node[08:11]:
    address: 10.0.0.[18:21]
    roles: [osd]
    ssh: {host: "203.0.113.[18:21]"}
  last: {address: 10.0.0.2, roles: [mon]}
groups:
  workers: {hosts: ["node[09:10]", last], roles: [worker, osd]}
`);
    expect(
      inventory.hosts.map(({ name, address, roles, ssh }) => [name, address, ssh.host, roles.join(' ')]),
    ).toEqual([
      ['first', '10.0.0.1', '10.0.0.1', 'control-plane'],
      ['node08', '10.0.0.18', '203.0.113.18', 'osd'],
      ['node09', '10.0.0.19', '203.0.113.19', 'worker osd'],
      ['node10', '10.0.0.20', '203.0.113.20', 'worker osd'],
      ['node11', '10.0.0.21', '203.0.113.21', 'osd'],
      ['last', '10.0.0.2', '10.0.0.2', 'worker mon osd'],
    ]);
  });

  it('knows IPv6 addresses by one spelling', async () => {
    const inventory = await load(
      'cluster: demo\nhosts:\n  a: {address: "FD00:0:0::0A"}\n  b[1:3]:\n    address: fd00::[8:10]\n',
    );
    expect(inventory.hosts.map(({ address }) => address)).toEqual([
      'fd00::a',
      'fd00::8',
      'fd00::9',
      'fd00::10',
    ]);
  });

  it('follows anchors, aliases and merge keys', async () => {
    const inventory = await load(`
cluster: demo
hosts:
  node1: &node
    address: 10.0.0.11
    roles: &roles [docker]
    ssh: &ssh {user: root, port: 22}
  node2:
    <<: *node
    address: 10.0.0.12
  node3:
    address: 10.0.0.13
    roles: *roles
    ssh: {<<: [*ssh, {port: 99, connectTimeout: 7}], user: ops}
`);
    expect(hostOf(inventory, 'node2')).toMatchObject({
      address: '10.0.0.12',
      roles: ['docker'],
      ssh: { user: 'root', port: 22 },
    });
    expect(hostOf(inventory, 'node3')).toMatchObject({
      roles: ['docker'],
      ssh: { user: 'ops', port: 22, connectTimeout: 7 },
    });
  });

  it('survives a map that merges itself', async () => {
    await expect(
      load('cluster: demo\nhosts: &h\n  <<: *h\n  node1: {address: 10.0.0.11}\n'),
    ).resolves.toBeDefined();
  });

  it('collects every secret, and each value from outside', async () => {
    writeFileSync(join(folder, 'passphrase'), 'from file\n');
    const inventory = await load(
      `
cluster: demo
timezone: \${env:ZONE}
ssh: {password: literal, passphrase: "\${file:passphrase}", sudoPassword: "a\${env:PIECE}b"}
hosts:
  node1: {address: 10.0.0.11, ssh: {port: "\${env:PORT}", password: "true"}}
`,
      { ZONE: 'Europe/Berlin', PIECE: 'piece', PORT: '2222' },
    );
    expect(inventory.timezone).toBe('Europe/Berlin');
    expect(hostOf(inventory, 'node1').ssh).toMatchObject({
      port: 2222,
      password: 'true',
      passphrase: 'from file',
      sudoPassword: 'apieceb',
    });
    expect(inventory.secretValues.toSorted()).toEqual(
      ['2222', 'Europe/Berlin', 'apieceb', 'from file', 'literal', 'piece', 'true'].toSorted(),
    );
  });

  it('uses the password for sudo when there is no other', async () => {
    const inventory = await load(
      'cluster: demo\nssh: {password: pw}\nhosts: {node1: {address: 10.0.0.11}}\n',
    );
    expect(hostOf(inventory, 'node1').ssh.sudoPassword).toBe('pw');
  });

  it('takes sections whose lines are all commented out for empty', async () => {
    const inventory = await load(
      'cluster: demo\ndocker:\n#  source: docker-ce\nssh: ~\nhosts:\n  node1:\n    address: 10.0.0.11\n    ssh:\n',
    );
    expect(inventory.docker.source).toBe('distribution');
  });

  it('reads a file with a byte order mark', async () => {
    await expect(load('\ufeffcluster: demo\nhosts: {node1: {address: 10.0.0.11}}\n')).resolves.toBeDefined();
  });

  it('reads 500 hosts quickly', async () => {
    const lines = Array.from(
      { length: 500 },
      (_, index) => `  h${index}: {address: 10.0.${index >> 8}.${index & 255}, roles: [docker]}`,
    );
    const started = performance.now();
    const inventory = await load(`cluster: demo\nhosts:\n${lines.join('\n')}\n`);
    expect(inventory.hosts).toHaveLength(500);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a file that is not an inventory', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    [
      'another encoding',
      Buffer.from('cluster: demo\n# caf\xe9\n', 'latin1'),
      /inventory\.yaml:2: the line is not UTF-8 text/,
    ],
    ['UTF-16', Buffer.from('\ufeffcluster: demo\n', 'utf16le'), /is UTF-16 text; save it as UTF-8/],
    ['a program', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 1]), /is not a text file/],
    ['5 MB', `cluster: demo\n${'# x\n'.repeat(1_310_720)}`, /has 5\.0 MB; an inventory has at most 1 MB/],
    ['a deep nest', '['.repeat(2000), /has one problem/],
    ['a text', 'hello', /found a single value instead of keys with values/],
  ])('%s', async (_name, text, message) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'INVENTORY_INVALID',
      exitCode: 2,
      message: expect.stringMatching(message),
    });
  });

  it('says so when there is none', async () => {
    const path = join(folder, 'nowhere.yaml');
    await expect(loadInventory(path)).rejects.toMatchObject({
      code: 'INVENTORY_UNREADABLE',
      exitCode: 2,
      message: `The inventory ${path} does not exist.`,
      hint: `Name another file, or write this one: provision init ${path}`,
    });
    await expect(loadInventory(join(path, 'below'))).rejects.toMatchObject({ code: 'INVENTORY_UNREADABLE' });
    mkdirSync(join(folder, 'sub'));
    await expect(loadInventory(join(folder, 'sub'))).rejects.toMatchObject({
      message: `The inventory ${join(folder, 'sub')} is a folder.`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('says so when it may not be read', async () => {
    const path = join(folder, 'closed.yaml');
    writeFileSync(path, '');
    chmodSync(path, 0o000);
    await expect(loadInventory(path)).rejects.toMatchObject({
      message: expect.stringMatching(/may not be read/),
    });
  });
});

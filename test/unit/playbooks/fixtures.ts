import type { HostFacts } from '../../../src/engine/facts.js';
import { hostPlay, type HostPlay } from '../../../src/engine/host-play.js';
import type { Playbook } from '../../../src/engine/play.js';
import type { Task } from '../../../src/engine/task.js';
import type { CephSettings } from '../../../src/inventory/ceph-settings.js';
import type { DockerSettings, Host, Inventory, Role } from '../../../src/inventory/inventory.js';
import {
  EVICTION_DEFAULTS,
  type KubernetesSettings,
  type NetworkSettings,
} from '../../../src/inventory/kubernetes-settings.js';

const GIB = 1024 ** 3;

export function aHost(name: string, address: string, roles: readonly Role[] = ['worker']): Host {
  const none = undefined;
  return {
    name,
    address,
    roles,
    osds: roles.includes('osd') ? ['/var/local/osd0'] : [],
    labels: new Map(),
    taints: [],
    ssh: {
      host: address,
      port: none,
      user: none,
      identityFile: none,
      passphrase: none,
      password: none,
      sudoPassword: none,
      hostKey: none,
      proxyJump: [],
      knownHostsFile: none,
      transport: 'ssh2',
      connectTimeout: 15,
    },
  };
}

export const dockerSettings: DockerSettings = {
  source: 'distribution',
  version: undefined,
  repository: undefined,
  dataRoot: '/var/lib/docker',
  registryMirrors: [],
  insecureRegistries: [],
  cgroupDriver: 'systemd',
  logMaxSize: '10m',
  logMaxFiles: 3,
};

/** What an inventory without `kubernetes` has. */
export const kubernetesSettings: KubernetesSettings = {
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
  evictionHard: EVICTION_DEFAULTS,
  extraArgs: {
    apiServer: new Map(),
    controllerManager: new Map(),
    scheduler: new Map(),
    etcd: new Map(),
    kubelet: new Map(),
  },
  kubeletConfig: new Map(),
  proxyConfig: new Map(),
  patches: new Map(),
  certificateNames: [],
};

/** What an inventory without `network` has. */
export const networkSettings: NetworkSettings = {
  plugin: 'flannel',
  backend: undefined,
  version: undefined,
  mtu: undefined,
  manifestMirror: undefined,
  imageRepository: undefined,
  probeImage: 'busybox:1.35',
};

/** What an inventory without `ceph` has. */
export const cephSettings: CephSettings = {
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
};

/** Three hosts, as in the lab. */
export function anInventory(changes: Partial<Inventory> = {}): Inventory {
  return {
    path: '/work/inventory.yaml',
    cluster: 'demo',
    hosts: [
      aHost('node1', '10.0.0.11', ['control-plane', 'worker', 'mon', 'mgr', 'mds', 'osd']),
      aHost('node2', '10.0.0.12', ['worker', 'osd']),
      aHost('node3', '10.0.0.13', ['worker', 'osd']),
    ],
    timezone: 'Asia/Shanghai',
    time: { servers: [], maxSkew: 0.05 },
    packages: { mirror: undefined, lockTimeout: 600 },
    proxy: undefined,
    docker: dockerSettings,
    kubernetes: kubernetesSettings,
    network: networkSettings,
    ceph: cephSettings,
    secretValues: [],
    ...changes,
  };
}

/** A fresh Debian 12 with this address. */
export function someFacts(address: string, changes: Partial<HostFacts> = {}): HostFacts {
  return {
    hostname: 'debian',
    os: { id: 'debian', version: '12', codename: 'bookworm', like: [] },
    architecture: 'x86_64',
    kernel: '6.1.0-30-amd64',
    init: 'systemd',
    virtualization: 'kvm',
    interfaces: [
      { name: 'lo', mtu: 65_536, addresses: ['127.0.0.1/8', '::1/128'] },
      { name: 'eth0', mtu: 1500, addresses: [`${address}/24`, 'fe80::1/64'] },
    ],
    defaultRoute: { interface: 'eth0', gateway: '10.0.0.1' },
    fileSystems: [
      { mountPoint: '/', device: '/dev/vda1', type: 'ext4', size: 40 * GIB, free: 30 * GIB },
      { mountPoint: '/data', device: '/dev/vdb1', type: 'ext4', size: 400 * GIB, free: 390 * GIB },
    ],
    blockDevices: [],
    memory: 8 * GIB,
    processors: 4,
    swap: [],
    timezone: 'Etc/UTC',
    localtime: 'symlink',
    clockSkew: 0,
    clockSkewError: 0.01,
    python: undefined,
    cgroup: 'v2',
    packages: {},
    packageManager: 'apt',
    runtimes: { docker: undefined, containerd: undefined, crio: undefined },
    timeSync: undefined,
    user: 'root',
    proofs: {},
    ...changes,
  };
}

export function factsOf(
  inventory: Inventory,
  changes: Readonly<Record<string, Partial<HostFacts>>> = {},
): ReadonlyMap<string, HostFacts> {
  return new Map(
    inventory.hosts.map(({ name, address }) => [name, someFacts(address, changes[name] ?? changes['*'])]),
  );
}

/** The plays of a stage as they concern one host; a host without facts could not be reached. */
export function playsOn(
  playbook: Playbook,
  inventory: Inventory,
  name: string,
  facts = factsOf(inventory),
): readonly HostPlay[] {
  const plays = playbook.plays({ inventory, facts, outputs: new Map() });
  return plays.flatMap((play) =>
    play.hosts.filter((host) => host.name === name).map((host) => hostPlay(playbook.stage, play, host)),
  );
}

export function taskIds(plays: readonly HostPlay[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(plays.map(({ play, tasks }) => [play, tasks.map(({ id }) => id)]));
}

export function findTask(plays: readonly HostPlay[], id: string): Task {
  const task = plays.flatMap(({ tasks }) => tasks).find((each) => each.id === id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

/** The same hosts with everything that Ceph can be asked for. */
export function aCephInventory(changes: Partial<CephSettings> = {}): Inventory {
  const { hosts } = anInventory();
  return anInventory({
    hosts: hosts.map((host) =>
      host.name === 'node1' ? host : { ...host, osds: ['/var/local/osd0', '/dev/vdc'] },
    ),
    ceph: {
      ...cephSettings,
      operatorsGroup: 'ceph-operators',
      publicNetwork: '10.0.0.0/24',
      clusterNetwork: '10.1.0.0/24',
      poolSize: 2,
      pools: [
        { name: 'kube', application: 'rbd', size: undefined, pgNum: undefined },
        { name: 'logs', application: 'logs', size: 3, pgNum: 64 },
      ],
      images: [
        { pool: 'kube', name: 'registry', size: '10G', features: undefined },
        { pool: 'kube', name: 'old', size: '512M', features: ['layering'] },
      ],
      clients: [
        { name: 'kube', pools: ['kube'], path: undefined },
        { name: 'harbor', pools: [], path: '/apps/harbor' },
        { name: 'both', pools: ['kube'], path: '/' },
      ],
      ...changes,
    },
  });
}

/** Facts of a system by the codename that decides which release of Ceph it has. */
export function systemFacts(inventory: Inventory, id: string, version: string, codename: string) {
  return factsOf(inventory, { '*': { os: { id, version, codename, like: [] } } });
}

/** Ceph by both installers, from the oldest release to the newest, with each kind of OSD. */
export function cephVariants(): readonly (readonly [Inventory, ReadonlyMap<string, HostFacts>])[] {
  const full = aCephInventory();
  const jewel = aCephInventory({ release: 'jewel', admin: 'node2' });
  const upstream = aCephInventory({
    release: 'luminous',
    source: 'ceph.com',
    repository: 'https://mirror.example.com/ceph',
    deployUser: 'deploy',
  });
  const packages = aCephInventory({ installer: 'packages', store: 'bluestore', blockSize: '4G' });
  const reef = aCephInventory({ installer: 'packages', filesystem: 'files' });
  return [
    [full, factsOf(full)],
    [full, new Map()],
    [jewel, systemFacts(jewel, 'ubuntu', '16.04', 'xenial')],
    [upstream, systemFacts(upstream, 'ubuntu', '18.04', 'bionic')],
    [packages, factsOf(packages)],
    [packages, new Map()],
    [reef, systemFacts(reef, 'debian', '13', 'trixie')],
  ];
}

/** Kubernetes from the oldest release to the newest, with every runtime and network, one control plane and three. */
export function kubernetesVariants(): readonly (readonly [Inventory, ReadonlyMap<string, HostFacts>])[] {
  const of = (
    kubernetes: Partial<KubernetesSettings>,
    network: Partial<NetworkSettings> = {},
    changes: Partial<Inventory> = {},
  ) =>
    anInventory({
      kubernetes: { ...kubernetesSettings, ...kubernetes },
      network: { ...networkSettings, ...network },
      ...changes,
    });
  const none = new Map<string, string>();
  const marked = (name: string, last: number) => ({
    ...aHost(name, `10.0.0.${last}`, ['control-plane', 'worker']),
    labels: new Map([['disk', 'fast']]),
    taints: ['dedicated=store:NoSchedule', 'quiet:PreferNoSchedule'],
  });
  const folder = { source: 'folder', folder: '/srv/kubernetes', version: '1.20.2' } as const;
  const many = of(
    {
      ...folder,
      extraArgs: {
        apiServer: new Map([['event-ttl', '2h']]),
        controllerManager: none,
        scheduler: none,
        etcd: new Map([['quota-backend-bytes', '1000000']]),
        kubelet: new Map([['v', '2']]),
      },
      patches: new Map([['kube-apiserver+merge.yaml', 'metadata: {labels: {a: b}}']]),
      imageRepository: 'registry.example.com/kubernetes',
    },
    { plugin: 'routes' },
    { hosts: [marked('node1', 11), marked('node2', 12), marked('node3', 13)] },
  );
  const oldest = of({ version: '1.5.1', repository: 'https://mirror.example.com/apt' });
  const all = [
    of(folder),
    many,
    oldest,
    of({ version: '1.7.5', repository: 'https://mirror.example.com/apt' }, { backend: 'udp' }),
    of({ version: '1.29', runtime: 'cri-dockerd' }, { plugin: 'calico' }),
    of({ ...folder, runtime: 'containerd' }, { plugin: 'weave' }),
    of(folder, { plugin: 'cilium' }),
    of({ version: '1.37' }, { backend: 'host-gw' }),
  ];
  return [...all.map((inventory) => [inventory, factsOf(inventory)] as const), [of(folder), new Map()]];
}

/** Inventories and facts that bring every task there is into the plays. */
export function everyVariant(): readonly (readonly [Inventory, ReadonlyMap<string, HostFacts>])[] {
  const plain = anInventory();
  const full = anInventory({
    time: { servers: ['10.0.0.1', 'ntp.example.com'], maxSkew: 0.05 },
    packages: { mirror: 'http://mirror.example.com/debian/', lockTimeout: 60 },
    proxy: {
      http: 'http://user:p%40ss@proxy.example.com:3128',
      https: 'http://proxy.example.com:3128',
      noProxy: ['.example.com', 'mirror.example.com'],
    },
    docker: {
      ...dockerSettings,
      source: 'docker-ce',
      version: '17.03.2',
      repository: 'https://mirror.example.com/docker-ce/linux',
      dataRoot: '/data/docker',
      registryMirrors: ['https://registry.example.com'],
      insecureRegistries: ['hub.example.com:31777'],
    },
  });
  const skewed = factsOf(full, { node2: { clockSkew: 3 } });
  const kept = factsOf(plain, { '*': { timeSync: 'systemd-timesyncd' } });
  return [
    [plain, factsOf(plain)],
    [plain, kept],
    [plain, new Map()],
    [full, skewed],
    [{ ...full, docker: { ...full.docker, version: '1.12.5' } }, factsOf(full)],
    [{ ...full, docker: { ...full.docker, version: '24.0' } }, factsOf(full)],
    ...cephVariants(),
    ...kubernetesVariants(),
  ];
}

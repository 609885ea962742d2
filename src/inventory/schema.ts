import { CEPH_RELEASES } from './ceph-settings.js';
import * as formats from './formats.js';
import * as ceph from './formats-ceph.js';
import * as network from './formats-network.js';
import * as texts from './formats-text.js';
import { ROLES } from './inventory.js';
import type { Role } from './inventory.js';
import {
  choice,
  commaList,
  inherited,
  list,
  mapOf,
  number,
  object,
  optional,
  required,
  secret,
  section,
  text,
  wholeNumber,
  withDefault,
} from './kinds.js';
import type { ValueOf } from './kinds.js';
import { kubernetesSection, labels, networkSection, taints } from './schema-kubernetes.js';

/** What a host with this role does; for the reference page and the questions of `provision init`. */
export const ROLE_MEANINGS: Readonly<Record<Role, string>> = {
  'control-plane': 'runs the Kubernetes control plane',
  worker: 'runs pods',
  mon: 'runs a Ceph monitor',
  mgr: 'runs a Ceph manager',
  osd: 'stores data for Ceph',
  mds: 'serves CephFS metadata',
  docker: 'runs Docker Engine and nothing else of the platform',
};

/** Where a host with the role osd stores data when nothing else is said. */
export const DEFAULT_OSDS: readonly string[] = ['/var/local/osd0'];

/** Features that an image can be given when it is made (rbd(8)); later ones need those before them. */
export const IMAGE_FEATURES = [
  'layering',
  'exclusive-lock',
  'object-map',
  'fast-diff',
  'deep-flatten',
  'journaling',
] as const;

/** Used when no place in the file says otherwise. */
export const sshDefaults = { transport: 'ssh2', connectTimeout: 15 } as const;

const sshForMany = {
  user: optional(
    text(texts.userName),
    'User to log in as: root, or one who may use sudo.',
    'what ~/.ssh/config says, else the local user',
  ),
  port: optional(wholeNumber(1, 65535), 'Port of the ssh server.', 'what ~/.ssh/config says, else 22'),
  identityFile: optional(text(texts.localFile), 'Private key file.', 'the agent and the default key files'),
  passphrase: optional(
    secret(texts.password),
    'Passphrase of the private key.',
    'the key has none, or an agent holds it',
  ),
  password: optional(secret(texts.password), 'Password to log in with.', 'keys only'),
  sudoPassword: optional(secret(texts.password), 'Password for sudo.', '`password`, if sudo asks for one'),
  proxyJump: optional(
    commaList(text(network.jump)),
    'Hosts to go through, nearest to this machine first: one text with commas or a list. An empty list goes straight.',
    'what ~/.ssh/config says, else straight',
  ),
  knownHostsFile: optional(
    text(texts.localFile),
    'File of known host keys.',
    'what ~/.ssh/config says, else ~/.ssh/known_hosts',
  ),
  transport: inherited(
    choice(['ssh2', 'openssh']),
    sshDefaults.transport,
    '`ssh2` is built in. `openssh` runs the ssh program of this machine: for certificates, security keys (FIDO), Kerberos and `Match exec`.',
  ),
  connectTimeout: inherited(
    wholeNumber(1, 600, 'seconds'),
    sshDefaults.connectTimeout,
    'Time for name, connection, handshake and authentication together.',
  ),
} as const;

const sshForOne = {
  host: optional(
    text(network.hostOrRange),
    'Name or address to connect to when it is not `address`: a public address, an alias of ~/.ssh/config.',
    'the address of the host',
  ),
  hostKey: optional(
    text(network.fingerprint),
    'Fingerprint that the key of the host must have, whatever known_hosts says.',
    'known_hosts decides',
  ),
  ...sshForMany,
} as const;

const roles = list(choice(ROLES));
const osds = list(text(ceph.osd));

const host = object({
  address: required(
    text(formats.addressPattern),
    'Private address by which the hosts know each other. A range of hosts has a range of as many addresses.',
  ),
  roles: withDefault(
    roles,
    [],
    'What the host does, beside what its groups say. Without a role the hosts stage alone concerns it.',
  ),
  osds: optional(
    osds,
    'Where the host stores data for Ceph, if it has the role osd: a directory or a block device for each OSD.',
    'what its groups say, else `ceph.osds`',
  ),
  labels,
  taints,
  ssh: section(object(sshForOne), 'How to reach this host; goes before the settings of its groups.'),
});

const group = object({
  hosts: required(
    list(text(formats.hostPattern)),
    'Hosts of the group: names under `hosts`, or ranges of them.',
  ),
  roles: withDefault(roles, [], 'Roles for each host of the group, beside its own.'),
  osds: optional(
    osds,
    'Where each host of the group that has the role osd stores data for Ceph.',
    '`ceph.osds`',
  ),
  labels,
  taints,
  ssh: section(object(sshForMany), 'How to reach the hosts of the group; goes before the top-level `ssh`.'),
});

const time = object({
  servers: withDefault(
    list(text(network.host)),
    [],
    'NTP servers; none keeps what the distribution configured.',
  ),
  maxSkew: withDefault(
    number(0.001, 60, 'seconds'),
    0.05,
    'Largest difference between the clocks of any two hosts. Ceph monitors warn from 0.05.',
  ),
});

const packages = object({
  mirror: optional(
    text(network.webAddress),
    'Base address of a Debian or Ubuntu mirror to use instead of the package sources that the hosts have.',
    "the hosts' own package sources stay",
  ),
  lockTimeout: withDefault(
    wholeNumber(0, 86_400, 'seconds'),
    300,
    'How long to wait for another process that holds the dpkg lock, such as unattended-upgrades.',
  ),
});

const proxy = object({
  http: optional(text(network.proxy), 'Proxy for http:// addresses.', 'none'),
  https: optional(text(network.proxy), 'Proxy for https:// addresses.', 'none'),
  noProxy: withDefault(
    list(text(network.noProxyEntry)),
    [],
    'What is reached without the proxy. The hosts and the networks of the cluster are always added.',
  ),
});

const docker = object({
  source: withDefault(
    choice(['distribution', 'docker-ce']),
    'distribution',
    "`distribution` installs the distribution's docker.io, `docker-ce` the packages of Docker Inc.",
  ),
  version: optional(
    text(texts.packageVersion),
    'Package version or its beginning. It is held, so that upgrades leave it alone.',
    'the candidate of the source',
  ),
  repository: optional(
    text(network.webAddress),
    'Base address of a mirror of the docker-ce repository.',
    'https://download.docker.com/linux',
  ),
  dataRoot: withDefault(
    text(texts.dataDirectory),
    '/var/lib/docker',
    'Where images and containers are kept: a directory on a big disk. Data already elsewhere is moved.',
  ),
  registryMirrors: withDefault(
    list(text(network.registryMirror)),
    [],
    'Mirrors of Docker Hub, tried in order.',
  ),
  insecureRegistries: withDefault(
    list(text(network.insecureRegistry)),
    [],
    'Registries that speak plain HTTP or have a certificate that nobody signed.',
  ),
  cgroupDriver: withDefault(
    choice(['systemd', 'cgroupfs']),
    'systemd',
    'Who manages the cgroups of containers; kubelet gets the same.',
  ),
  logMaxSize: withDefault(
    text(texts.logSize),
    '10m',
    'Size at which the log file of a container is rotated.',
  ),
  logMaxFiles: withDefault(wholeNumber(1, 1000, 'files'), 3, 'Log files kept for a container.'),
});

const pool = object({
  application: withDefault(
    text(ceph.application),
    'rbd',
    'What the pool is for: rbd for images, cephfs, rgw, or a word of your own.',
  ),
  size: optional(wholeNumber(1, 10, 'copies'), 'Copies of each object.', '`ceph.poolSize`'),
  pgNum: optional(
    wholeNumber(1, 65_536, 'placement groups'),
    'Number of placement groups, a power of two. It is given when the pool is made, and never made smaller.',
    'what the release chooses itself, or 32 where it wants to be told',
  ),
});

const image = object({
  size: required(text(ceph.storageSize), 'Size of the image. An image that is there is never made smaller.'),
  features: optional(
    list(choice(IMAGE_FEATURES)),
    'Features of the image when it is made.',
    'what the kernels of all hosts can map',
  ),
});

const client = object({
  pools: withDefault(list(text(ceph.poolName)), [], 'Pools under `ceph.pools` whose images it may use.'),
  path: optional(
    text(ceph.filesystemPath),
    'Directory of CephFS in which it may read and write; it is made.',
    'no right to CephFS',
  ),
});

const cephSection = object({
  release: optional(
    choice(CEPH_RELEASES),
    'Release of Ceph.',
    'the one that the distribution of the admin host has; with `source: ceph.com` it is required',
  ),
  installer: withDefault(
    choice(['ceph-deploy', 'packages']),
    'ceph-deploy',
    "`ceph-deploy` lets ceph-deploy make the cluster, for releases up to quincy. `packages` takes the same steps with Ceph's own commands, for every release.",
  ),
  source: withDefault(
    choice(['distribution', 'ceph.com']),
    'distribution',
    "`distribution` installs the distribution's packages, `ceph.com` those of download.ceph.com.",
  ),
  repository: optional(
    text(network.webAddress),
    'Base address of a mirror of download.ceph.com: debian-pacific and the like are below it. Its packages are signed by the release key of ceph.com.',
    'https://download.ceph.com',
  ),
  admin: optional(
    text(formats.label),
    'Name of the host that deploys the cluster and holds the admin key. It need not have a role.',
    'the first host with the role mon',
  ),
  deployUser: withDefault(
    text(ceph.deployUser),
    'cephd',
    'User as whom ceph-deploy logs in on every host, with sudo; it is made. Never ceph, which is the user of the daemons.',
  ),
  operatorsGroup: optional(
    text(ceph.operatorsGroup),
    'Group whose members may use the admin key on the admin host and the monitors.',
    'root alone may use it',
  ),
  publicNetwork: optional(
    text(network.networkAddress),
    'Network in which clients and daemons talk to each other.',
    'daemons take the address by which the hosts know each other',
  ),
  clusterNetwork: optional(
    text(network.networkAddress),
    'Network in which OSDs copy data among each other.',
    'the public network',
  ),
  poolSize: optional(
    wholeNumber(1, 10, 'copies'),
    'Copies of each object, each on another host.',
    'as many as there are hosts with OSDs, at most 3',
  ),
  osds: withDefault(
    osds,
    DEFAULT_OSDS,
    'Where each host with the role osd stores data: a directory or an unused block device for each OSD. Groups and hosts may say otherwise.',
  ),
  store: optional(
    choice(['filestore', 'bluestore']),
    'How OSDs keep objects: as files (jewel to quincy), or in a store of their own (from luminous). In a directory bluestore is for tests.',
    'filestore in a directory where the release has it, else bluestore; jewel: filestore',
  ),
  blockSize: withDefault(
    text(ceph.storageSize),
    '10G',
    'Size of the file in which bluestore keeps its data in a directory.',
  ),
  config: section(
    mapOf(ceph.settingName, 'SETTING', text(ceph.settingValue)),
    'Further settings of [global] in ceph.conf, as Ceph documents them. Daemons that run read most of them at their next start.',
  ),
  pools: section(mapOf(ceph.poolName, 'POOL', pool), 'Pools by name; they are made, and never removed.'),
  filesystem: withDefault(
    text(ceph.filesystemName),
    'cephfs',
    'Name of the CephFS, which is made when a host has the role mds.',
  ),
  images: section(
    mapOf(ceph.imageName, 'POOL/IMAGE', image),
    'RBD images by pool and name; they are made, and never removed.',
  ),
  clients: section(
    mapOf(ceph.clientName, 'CLIENT', client),
    'Who may use the cluster, by name without `client.`: each gets a key with the least rights for its pools and its path.',
  ),
});

/** The inventory file: the one place for its keys, types, defaults and descriptions. */
export const inventorySchema = object({
  cluster: required(
    text(formats.label),
    'Name of the platform. Run records are kept under it, and `reset` asks for it.',
  ),
  timezone: withDefault(text(formats.timezone), 'UTC', 'Time zone of all hosts, as an IANA name.'),
  ssh: section(object(sshForMany), 'How to reach the hosts; groups and hosts may say otherwise.'),
  hosts: required(
    mapOf(formats.hostPattern, 'NAME', host),
    'The hosts by name. The name becomes the name of the host. `node[01:20]` stands for twenty hosts.',
  ),
  groups: section(
    mapOf(formats.groupName, 'GROUP', group),
    'Roles and ssh settings for several hosts at once.',
  ),
  time: section(time, 'Clocks.'),
  packages: section(packages, 'Package installation.'),
  proxy: optional(proxy, 'Proxy by which the hosts reach package sources and registries.', 'no proxy'),
  docker: section(docker, 'Docker Engine.'),
  kubernetes: section(kubernetesSection, 'Kubernetes, as kubeadm makes it.'),
  network: section(networkSection, 'Network of the pods.'),
  ceph: section(cephSection, 'Ceph: storage for images and files on the hosts themselves.'),
});

/** The file as read: defaults of single keys filled in; ranges, groups and ssh settings not yet. */
export type RawInventory = ValueOf<typeof inventorySchema>;
export type RawHost = ValueOf<typeof host>;
export type RawCeph = ValueOf<typeof cephSection>;
export type RawGroup = ValueOf<typeof group>;
/** Keys that may stand at the top, in a group and in a host. */
export type RawSsh = RawGroup['ssh'];

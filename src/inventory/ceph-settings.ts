/** Releases of Ceph, oldest first. */
export const CEPH_RELEASES = [
  'jewel',
  'luminous',
  'mimic',
  'nautilus',
  'octopus',
  'pacific',
  'quincy',
  'reef',
  'squid',
  'tentacle',
] as const;
export type CephReleaseName = (typeof CEPH_RELEASES)[number];

export type ObjectStore = 'filestore' | 'bluestore';

export interface CephSettings {
  /** undefined: the one that the distribution of the admin host has. */
  readonly release: CephReleaseName | undefined;
  readonly installer: 'ceph-deploy' | 'packages';
  readonly source: 'distribution' | 'ceph.com';
  /** Base address of a mirror of download.ceph.com; undefined takes the upstream one. */
  readonly repository: string | undefined;
  /** Name of the host that deploys and holds the admin key; undefined: the first monitor. */
  readonly admin: string | undefined;
  /** The user as whom ceph-deploy logs in everywhere; never `ceph`. */
  readonly deployUser: string;
  /** Group whose members may use the admin key on the admin host; undefined: root alone. */
  readonly operatorsGroup: string | undefined;
  /** CIDR; undefined: the network of the hosts' addresses is not written down. */
  readonly publicNetwork: string | undefined;
  readonly clusterNetwork: string | undefined;
  /** Copies of each object; undefined: min(3, hosts with OSDs). */
  readonly poolSize: number | undefined;
  /** undefined: by release and kind of OSD. */
  readonly store: ObjectStore | undefined;
  /** Size of the file that bluestore uses in a directory: 10G. */
  readonly blockSize: string;
  /** Further settings of [global] in ceph.conf, by name. */
  readonly config: ReadonlyMap<string, string>;
  readonly pools: readonly CephPool[];
  /** Name of the file system that exists when a host has the role mds. */
  readonly filesystem: string;
  readonly images: readonly CephImage[];
  readonly clients: readonly CephClient[];
}

export interface CephPool {
  readonly name: string;
  /** rbd, cephfs, rgw, or the user's own word. */
  readonly application: string;
  /** undefined: `poolSize`. */
  readonly size: number | undefined;
  /** undefined: 32 for each pool, or what the release chooses itself. */
  readonly pgNum: number | undefined;
}

export interface CephImage {
  readonly pool: string;
  readonly name: string;
  /** As `rbd create --size` takes it: 512M, 10G. */
  readonly size: string;
  /** undefined: what the kernels of the hosts that map images support. */
  readonly features: readonly string[] | undefined;
}

/** Who may use the cluster, and for what; the rights are the least that this needs. */
export interface CephClient {
  /** Without `client.`. */
  readonly name: string;
  /** Pools whose RBD images it may use. */
  readonly pools: readonly string[];
  /** Path of the file system that it may read and write; undefined: none. */
  readonly path: string | undefined;
}

import type { CephSettings } from './ceph-settings.js';
import type { KubernetesSettings, NetworkSettings } from './kubernetes-settings.js';

/**
 * The inventory as the program uses it: ranges expanded, groups merged into hosts, defaults filled in, secrets read.
 * `schema.ts` describes the file; `load.ts` turns the file into this.
 */
export interface Inventory {
  /** Absolute path of the file. */
  readonly path: string;
  readonly cluster: string;
  /** In the order of the file, ranges expanded in place. */
  readonly hosts: readonly Host[];
  /** IANA name, for example Asia/Shanghai. */
  readonly timezone: string;
  readonly time: TimeSettings;
  readonly packages: PackageSettings;
  readonly proxy: ProxySettings | undefined;
  readonly docker: DockerSettings;
  readonly kubernetes: KubernetesSettings;
  readonly network: NetworkSettings;
  readonly ceph: CephSettings;
  /** Every value that must be masked wherever text goes out: passwords, passphrases, `${env:…}` and `${file:…}` values. */
  readonly secretValues: readonly string[];
}

export const ROLES = ['control-plane', 'worker', 'mon', 'mgr', 'osd', 'mds', 'docker'] as const;
export type Role = (typeof ROLES)[number];

export interface Host {
  /** RFC 1123 label; becomes the host's name. */
  readonly name: string;
  /** Private address by which the hosts know each other. */
  readonly address: string;
  readonly roles: readonly Role[];
  /** Where a host with the role osd stores data: a directory or a block device for each OSD; empty on others. */
  readonly osds: readonly string[];
  /** Labels of the node; empty on hosts that are none. */
  readonly labels: ReadonlyMap<string, string>;
  /** Taints of the node, `KEY=VALUE:EFFECT` or `KEY:EFFECT`, besides those of a control plane; empty on hosts that are none. */
  readonly taints: readonly string[];
  readonly ssh: SshSettings;
}

export interface SshSettings {
  /** Name or address to connect to, when it differs from `address` (a public address, an ssh_config alias). */
  readonly host: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly identityFile: string | undefined;
  readonly passphrase: string | undefined;
  readonly password: string | undefined;
  readonly sudoPassword: string | undefined;
  /** Fingerprint `SHA256:…` that the host's key must have. */
  readonly hostKey: string | undefined;
  /** `user@host:port` of each hop, nearest to the operator first. */
  readonly proxyJump: readonly string[];
  readonly knownHostsFile: string | undefined;
  readonly transport: 'ssh2' | 'openssh';
  /** Seconds for name, connection, handshake and authentication together. */
  readonly connectTimeout: number;
}

export interface TimeSettings {
  /** NTP servers; empty keeps what the distribution configured. */
  readonly servers: readonly string[];
  /** Seconds between any two hosts. */
  readonly maxSkew: number;
}

export interface PackageSettings {
  /** Base address of a Debian or Ubuntu mirror that replaces the hosts' own; undefined leaves them alone. */
  readonly mirror: string | undefined;
  /** Seconds to wait for another process that holds the dpkg lock. */
  readonly lockTimeout: number;
}

export interface ProxySettings {
  readonly http: string | undefined;
  readonly https: string | undefined;
  /** The user's own exceptions; cluster addresses are added by the stages. */
  readonly noProxy: readonly string[];
}

export interface DockerSettings {
  readonly source: 'distribution' | 'docker-ce';
  /** Package version or its beginning; undefined takes the candidate of the source. */
  readonly version: string | undefined;
  /** Base address of a mirror of the docker-ce repository; undefined takes the upstream one. */
  readonly repository: string | undefined;
  readonly dataRoot: string;
  readonly registryMirrors: readonly string[];
  readonly insecureRegistries: readonly string[];
  readonly cgroupDriver: 'systemd' | 'cgroupfs';
  readonly logMaxSize: string;
  readonly logMaxFiles: number;
}

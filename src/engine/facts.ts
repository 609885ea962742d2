/**
 * What one host is like, read by `facts.sh` in one round trip. Sizes are bytes, times are seconds. What could not be read
 * is undefined, or an empty list.
 */
export interface HostFacts {
  readonly hostname: string;
  /**
   * `ID` and `VERSION_ID` of /etc/os-release, and its codename: debian, 12, bookworm. Without that file the id is `linux`,
   * as os-release(5) says; Debian's testing has no version.
   */
  readonly os: {
    readonly id: string;
    readonly version: string | undefined;
    readonly codename: string | undefined;
    readonly like: readonly string[];
  };
  /** As `uname -m` says it: x86_64, aarch64. */
  readonly architecture: string;
  readonly kernel: string;
  readonly init: 'systemd' | 'upstart' | 'sysvinit' | 'other';
  /** `systemd-detect-virt` or the like; `none` on real hardware. */
  readonly virtualization: string | undefined;
  readonly interfaces: readonly NetworkInterface[];
  readonly defaultRoute: { readonly interface: string; readonly gateway: string } | undefined;
  readonly fileSystems: readonly FileSystem[];
  readonly blockDevices: readonly BlockDevice[];
  readonly memory: number | undefined;
  readonly processors: number | undefined;
  /** Swap areas in use. */
  readonly swap: readonly string[];
  /** IANA name, from /etc/timezone or the link. */
  readonly timezone: string | undefined;
  /** 14.04 has a regular file where later releases have a link: pitfall hosts-timezone-pods. */
  readonly localtime: 'symlink' | 'file' | 'missing';
  /** The host's clock minus the controller's. */
  readonly clockSkew: number | undefined;
  /** By how much that may be wrong: half the time that the program was on its way, and half a second for a clock without fractions. */
  readonly clockSkewError: number | undefined;
  /** Version of python3, or of python where that is all there is; 3 or 2 when no more can be told without running it. */
  readonly python: string | undefined;
  readonly cgroup: 'v1' | 'v2' | 'hybrid';
  /** Versions of the installed packages that the stages ask about, by package name. */
  readonly packages: Readonly<Record<string, string>>;
  readonly packageManager: 'apt' | 'dnf' | 'yum' | 'other';
  /** Versions without the packaging's parts: 20.10.24. */
  readonly runtimes: {
    readonly docker: string | undefined;
    readonly containerd: string | undefined;
    readonly crio: string | undefined;
  };
  /** The time synchroniser that starts with the host: chrony, chronyd, ntp, ntpd, ntpsec, openntpd, systemd-timesyncd. */
  readonly timeSync: string | undefined;
  /** What stages have proven once on the host: name of the proof, what it rests on. */
  readonly proofs: Readonly<Record<string, string>>;
  /** Who the connection is logged in as. */
  readonly user: string;
}

export interface NetworkInterface {
  readonly name: string;
  readonly mtu: number;
  /** With prefix length: 10.0.0.11/24. */
  readonly addresses: readonly string[];
}

export interface FileSystem {
  readonly mountPoint: string;
  readonly device: string;
  readonly type: string;
  readonly size: number;
  readonly free: number;
}

export interface BlockDevice {
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly mountPoint: string | undefined;
  readonly fileSystem: string | undefined;
}

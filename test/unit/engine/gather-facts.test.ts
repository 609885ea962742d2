import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factsScript, parseFacts } from '../../../src/engine/gather-facts.js';

const TIMING = { sentAt: 1000, receivedAt: 1000.25 };

function codename(...lines: readonly string[]): string | undefined {
  return parseFacts(['@@provision files', ...lines].join('\n'), TIMING).os.codename;
}

function skewError(started: string, ended: string): number | undefined {
  const text = `@@provision started\n${started}\n@@provision ended\n${ended}`;
  return parseFacts(text, { sentAt: 10, receivedAt: 11 }).clockSkewError;
}

function skew(clock: string): number | undefined {
  const text = `@@provision started\n${clock}\n@@provision ended\n${clock}\n`;
  return parseFacts(text, { sentAt: 1000, receivedAt: 1000 }).clockSkew;
}

const BOOKWORM = `Welcome to node1!
@@provision started
1010.000000000
@@provision files
/etc/os-release:PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
/etc/os-release:VERSION_ID="12"
/etc/os-release:VERSION="12 (bookworm)"
/etc/os-release:VERSION_CODENAME=bookworm
/etc/os-release:ID=debian
/etc/timezone:Etc/UTC
/proc/sys/kernel/hostname:node1
/var/lib/provision/proofs/docker-runs:abc 123
/proc/sys/kernel/osrelease:6.1.0-18-amd64
/proc/swaps:Filename				Type		Size		Used		Priority
/proc/swaps:/dev/sda2                               partition	1048572	0	-2
/proc/swaps:/swap\\040file                          file	1048572	0	-3
/proc/net/route:Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
/proc/net/route:eth1	00000000	0101A8C0	0003	0	0	200	00000000	0	0	0
/proc/net/route:eth0	00000000	0100000A	0003	0	0	100	00000000	0	0	0
/proc/net/route:eth0	0000000A	00000000	0001	0	0	0	00FFFFFF	0	0	0
/sys/devices/system/cpu/online:0-3,8
/sys/class/net/eth0/mtu:1500
/sys/class/net/eth1/mtu:9000
/sys/class/net/flannel.1/mtu:1450
/proc/meminfo:MemTotal:       24684084 kB

@@provision links
lrwxrwxrwx 1 root root 33 May  9  2026 /etc/localtime -> /usr/share/zoneinfo/Asia/Shanghai
lrwxrwxrwx 1 root root 10 Apr  9  2023 /usr/bin/python3 -> python3.11

@@provision state
init systemd
virtualization kvm
cgroup v2
localtime symlink
package-manager apt
time-sync chrony
user admin
architecture x86_64

@@provision addresses
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global dynamic eth0\\       valid_lft 3000sec preferred_lft 3000sec
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
4: flannel.1    inet 10.244.0.0/32 scope global flannel.1\\       valid_lft forever preferred_lft forever
5: tun0    inet 10.8.0.6 peer 10.8.0.5/32 scope global tun0\\       valid_lft forever preferred_lft forever

@@provision file-systems
Filesystem     Type     1024-blocks     Used Available Capacity Mounted on
/dev/sda1      ext4        20511312  8000000  11444112      42% /
tmpfs          tmpfs        1000000        0   1000000       0% /run
overlay        overlay     20511312  8000000  11444112      42% /var/lib/docker/overlay2/abc/merged
proc           proc               0        0         0       - /proc
/dev/sda1      ext4        20511312  8000000  11444112      42% /run/host/os-release
/dev/sdb1      xfs        104857600    10000 104847600       1% /mnt/big disk

@@provision block-devices
NAME="sda" TYPE="disk" SIZE="21474836480" MOUNTPOINT="" FSTYPE=""
NAME="sda1" TYPE="part" SIZE="21003583488" MOUNTPOINT="/" FSTYPE="ext4"
NAME="sdb1" TYPE="part" SIZE="107374182400" MOUNTPOINT="/mnt/big\\x20disk" FSTYPE="xfs"

@@provision packages
hi \tdocker-ce\t5:20.10.24~3-0~debian-bookworm
ii \tcontainerd.io\t1.6.28-1
rc \tchrony\t4.3-2
@@provision runtimes
crio crio version 1.28.4

@@provision ended
1010.250000000
`;

describe('parseFacts', () => {
  it('reads a current Debian', () => {
    expect(parseFacts(BOOKWORM, TIMING)).toEqual({
      hostname: 'node1',
      os: { id: 'debian', version: '12', codename: 'bookworm', like: [] },
      architecture: 'x86_64',
      kernel: '6.1.0-18-amd64',
      init: 'systemd',
      virtualization: 'kvm',
      interfaces: [
        { name: 'eth0', mtu: 1500, addresses: ['10.0.0.11/24', 'fe80::1/64'] },
        { name: 'eth1', mtu: 9000, addresses: [] },
        { name: 'flannel.1', mtu: 1450, addresses: ['10.244.0.0/32'] },
        { name: 'lo', mtu: 0, addresses: ['127.0.0.1/8'] },
        { name: 'tun0', mtu: 0, addresses: ['10.8.0.6/32'] },
      ],
      defaultRoute: { interface: 'eth0', gateway: '10.0.0.1' },
      fileSystems: [
        { mountPoint: '/', device: '/dev/sda1', type: 'ext4', size: 20511312 * 1024, free: 11444112 * 1024 },
        {
          mountPoint: '/mnt/big disk',
          device: '/dev/sdb1',
          type: 'xfs',
          size: 104857600 * 1024,
          free: 104847600 * 1024,
        },
      ],
      blockDevices: [
        { name: 'sda', type: 'disk', size: 21474836480, mountPoint: undefined, fileSystem: undefined },
        { name: 'sda1', type: 'part', size: 21003583488, mountPoint: '/', fileSystem: 'ext4' },
        { name: 'sdb1', type: 'part', size: 107374182400, mountPoint: '/mnt/big disk', fileSystem: 'xfs' },
      ],
      memory: 24684084 * 1024,
      processors: 5,
      swap: ['/dev/sda2', '/swap file'],
      timezone: 'Asia/Shanghai',
      localtime: 'symlink',
      clockSkew: 10,
      clockSkewError: 0,
      python: '3.11',
      cgroup: 'v2',
      packages: { 'docker-ce': '5:20.10.24~3-0~debian-bookworm', 'containerd.io': '1.6.28-1' },
      packageManager: 'apt',
      runtimes: { docker: '20.10.24', containerd: '1.6.28', crio: '1.28.4' },
      timeSync: 'chrony',
      proofs: { 'docker-runs': 'abc 123' },
      user: 'admin',
    });
  });

  it('reads the codename of releases that have it elsewhere', () => {
    expect(
      codename(
        '/etc/os-release:VERSION="14.04.6 LTS, Trusty Tahr"',
        '/etc/lsb-release:DISTRIB_CODENAME=trusty',
      ),
    ).toBe('trusty');
    expect(codename('/etc/os-release:UBUNTU_CODENAME=xenial')).toBe('xenial');
    expect(codename('/etc/os-release:VERSION="9 (stretch)"')).toBe('stretch');
    expect(codename('/etc/os-release:VERSION="20 (Server Edition)"')).toBeUndefined();
  });

  it('reads addresses and devices of a host without ip and lsblk', () => {
    const facts = parseFacts(
      [
        '@@provision files',
        '/proc/net/route:eth0\t00000000\tFE01A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0',
        '/proc/net/route:eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
        '/sys/class/net/eth0/mtu:1500',
        '/proc/net/fib_trie:           |-- 127.0.0.1',
        '/proc/net/fib_trie:              /32 host LOCAL',
        '/proc/net/fib_trie:           |-- 192.168.1.7',
        '/proc/net/fib_trie:              /32 host LOCAL',
        '/proc/net/fib_trie:           |-- 192.168.1.255',
        '/proc/net/fib_trie:              /32 link BROADCAST',
        '/proc/net/if_inet6:fe80000000000000000000fffe000001 04 40 20 80     eth0',
        '/proc/partitions:major minor  #blocks  name',
        '/proc/partitions: 254        0  268435456 vda',
        '/proc/partitions: 254        1  268434432 vda1',
        '/proc/partitions:   1        0       8192 ram0',
      ].join('\n'),
      TIMING,
    );
    expect(facts.interfaces).toEqual([
      { name: 'eth0', mtu: 1500, addresses: ['192.168.1.7/24', 'fe80::ff:fe00:1/64'] },
      { name: 'lo', mtu: 0, addresses: ['127.0.0.1/8'] },
    ]);
    expect(facts.defaultRoute).toEqual({ interface: 'eth0', gateway: '192.168.1.254' });
    expect(facts.blockDevices.map(({ name, type, size }) => [name, type, size])).toEqual([
      ['vda', 'disk', 268435456 * 1024],
      ['vda1', 'part', 268434432 * 1024],
    ]);
  });

  it('takes the IPv6 default route of a host that has no other', () => {
    const facts = parseFacts(
      `@@provision files
/proc/net/ipv6_route:${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0
/proc/net/ipv6_route:${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo`,
      TIMING,
    );
    expect(facts.defaultRoute).toEqual({ interface: 'eth0', gateway: 'fd00::1' });
  });

  it('takes the middle of the second from a clock without fractions', () => {
    expect(skew('1000')).toBe(0.5);
    expect(skew('1000.%N')).toBe(0.5);
    expect(skew('1000.25')).toBe(0.25);
    expect(skew('date: not found')).toBeUndefined();
  });

  it('says by how much the clock may be mistaken', () => {
    expect(skewError('10.25', '10.75')).toBe(0.25);
    expect(skewError('10.00', '11.50')).toBe(0);
    expect(skewError('10', '10')).toBe(1);
  });

  it('says undefined for what a host did not tell', () => {
    expect(parseFacts('', TIMING)).toMatchObject({
      os: { id: 'linux', version: undefined, codename: undefined, like: [] },
      memory: undefined,
      processors: undefined,
      clockSkew: undefined,
      defaultRoute: undefined,
      timezone: undefined,
      python: undefined,
      packages: {},
      interfaces: [],
    });
  });

  it('is not broken by any text', () => {
    const lines = BOOKWORM.split('\n');
    const damaged = fc
      .array(
        fc.oneof(
          fc.constantFrom(...lines),
          fc.string(),
          fc.constantFrom(...lines).map((line) => line.slice(3)),
        ),
      )
      .map((some) => some.join('\n'));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string({ unit: 'binary' })), (text) => {
        const facts = parseFacts(text, TIMING);
        expect(Object.keys(facts)).toHaveLength(25);
        for (const number of [facts.memory, facts.processors, facts.clockSkew]) {
          if (number !== undefined) expect(Number.isFinite(number)).toBe(true);
        }
        for (const { size, free } of facts.fileSystems) expect(size >= 0 && free >= 0).toBe(true);
        for (const { mtu } of facts.interfaces) expect(Number.isFinite(mtu)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('factsScript', () => {
  it('quotes the names of packages', () => {
    expect(factsScript(['docker.io', "a'b $(id)"])).toContain("\nmain docker.io 'a'\\''b $(id)' <");
  });
});

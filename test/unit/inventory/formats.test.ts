import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkText } from '../../../src/inventory/check-text.js';
import * as formats from '../../../src/inventory/formats.js';
import * as ceph from '../../../src/inventory/formats-ceph.js';
import * as kubernetes from '../../../src/inventory/formats-kubernetes.js';
import * as network from '../../../src/inventory/formats-network.js';
import * as texts from '../../../src/inventory/formats-text.js';
import type { Format } from '../../../src/inventory/kinds.js';

const madeFormats = {
  argumentName: kubernetes.argumentName({ 'node-ip': 'elsewhere' }),
  configurationKey: kubernetes.configurationKey({ evictionHard: 'elsewhere' }),
};

const all = Object.entries({
  ...ceph,
  ...formats,
  ...kubernetes,
  ...madeFormats,
  ...network,
  ...texts,
}).filter((entry): entry is [string, Format] => typeof entry[1] === 'object' && 'check' in entry[1]);

describe.each(all)('%s', (_name, format) => {
  it.each(format.examples)('accepts its own example %s', (example) => {
    expect(format.check(example)).toBeUndefined();
    if (format.pattern !== undefined) expect(example).toMatch(new RegExp(format.pattern, 'u'));
  });

  it('never throws, suggests only what it accepts, and agrees with its pattern', () => {
    fc.assert(
      fc.property(anyText(format), (text) => {
        const complaint = checkText(format, text);
        if (complaint?.nearest !== undefined && complaint.nearest !== '[]')
          expect(checkText(format, complaint.nearest)).toBeUndefined();
        if (complaint === undefined && format.pattern !== undefined)
          expect(text).toMatch(new RegExp(format.pattern, 'u'));
        if (complaint === undefined && format.normalize !== undefined) {
          const normal = format.normalize(text);
          expect(checkText(format, normal)).toBeUndefined();
          expect(format.normalize(normal)).toBe(normal);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Texts near to what the format wants: its examples with pieces inserted or removed, and texts of its own letters. */
function anyText(format: Format): fc.Arbitrary<string> {
  const piece = fc.constantFrom(
    'A',
    'a',
    '1',
    '0',
    '-',
    '_',
    '.',
    ':',
    '/',
    '@',
    '[',
    ']',
    '%',
    ' ',
    '~',
    'http://',
    'é',
    '\n',
    'MB',
  );
  const changed = fc
    .tuple(fc.constantFrom(...format.examples), fc.nat(), fc.nat(4), fc.string({ unit: piece, maxLength: 4 }))
    .map(([example, seed, removed, added]) => {
      const at = seed % (example.length + 1);
      return example.slice(0, at) + added + example.slice(at + removed);
    });
  return fc.oneof(changed, fc.string({ unit: piece }), fc.string());
}

describe('timezone', () => {
  it.each([
    'UTC',
    'Asia/Shanghai',
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+8',
  ])('accepts %s', (name) => {
    expect(formats.timezone.check(name)).toBeUndefined();
  });

  it.each([
    ['asia/shanghai', 'Asia/Shanghai'],
    ['Shanghai', 'Asia/Shanghai'],
    ['Asia/Shanghia', 'Asia/Shanghai'],
    ['utc', 'UTC'],
    ['CST', undefined],
    ['Asia/Beijing', undefined],
    ['+08:00', undefined],
    ['../etc/passwd', undefined],
  ])('refuses %s', (name, nearest) => {
    const complaint = formats.timezone.check(name);
    expect(complaint).toBeDefined();
    if (nearest !== undefined) expect(complaint?.nearest).toBe(nearest);
  });
});

describe('programs that read options', () => {
  it.each([
    network.host,
    network.hostOrRange,
    network.jump,
    texts.userName,
    texts.localFile,
    formats.hostPattern,
    ceph.deployUser,
    ceph.operatorsGroup,
    ceph.osd,
    ceph.poolName,
    ceph.imageName,
    ceph.clientName,
    ceph.filesystemName,
    ceph.filesystemPath,
    ceph.storageSize,
    kubernetes.kubernetesVersion,
    kubernetes.endpoint,
    kubernetes.dnsDomain,
    kubernetes.imageRepository,
    kubernetes.imageName,
    kubernetes.labelKey,
    kubernetes.taint,
    kubernetes.patchFile,
  ])('are never given a word that begins with a hyphen as $name', (format) => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(format.check(`-${text}`)).toBeDefined();
      }),
    );
  });
});

describe('a place for an OSD', () => {
  it.each([
    ['/var/local/osd0', '/var/local/osd0'],
    ['/data//osd0/', '/data/osd0'],
    ['/osd0', '/osd0'],
    ['/srv/ceph/osd.0', '/srv/ceph/osd.0'],
    ['/dev/sdb', '/dev/sdb'],
    ['/dev/vg0/osd-0', '/dev/vg0/osd-0'],
    ['/dev/disk/by-path/pci-0000:00:1f.2-ata-1', '/dev/disk/by-path/pci-0000:00:1f.2-ata-1'],
  ])('accepts %s', (text, normal) => {
    expect(checkText(ceph.osd, text)).toBeUndefined();
    expect(ceph.osd.normalize?.(text)).toBe(normal);
  });

  it.each([
    ['osd0', 'it is not absolute', '/osd0'],
    ['~/osd0', 'it is not absolute', '/osd0'],
    ['/', 'it is the root directory', undefined],
    ['//', 'it is the root directory', undefined],
    ['/tmp', 'what is there does not survive a reboot', undefined],
    ['/tmp/osd0', 'what is there does not survive a reboot', undefined],
    ['/run/osd0', 'what is there does not survive a reboot', undefined],
    ['/dev/shm/osd0', 'what is there does not survive a reboot', undefined],
    ['/var', 'it is a directory of the system', '/var/osd0'],
    ['/home/', 'it is a directory of the system', '/home/osd0'],
    ['/etc', 'it is a directory of the system', undefined],
    ['/usr/local/osd0', 'it is a directory of the system', undefined],
    ['/var/lib/ceph/osd/ceph-0', 'it is a directory of the system', undefined],
    ['/data/../etc', 'it has a "." or ".." in it', undefined],
    ['/data/osd0:/dev/sdb', 'a colon ends a path for ceph-deploy', undefined],
    ['/data/osd 0', 'it has unusual characters', undefined],
    ['/dev', 'it names no device', undefined],
  ])('refuses %s', (text, because, nearest) => {
    expect(checkText(ceph.osd, text)).toMatchObject({ because });
    expect(checkText(ceph.osd, text)?.nearest).toBe(nearest);
  });
});

describe('values of Kubernetes', () => {
  it.each<[Format, readonly string[]]>([
    [kubernetes.kubernetesVersion, ['1.5', '1.5.1', '1.37.12']],
    [
      kubernetes.endpoint,
      ['k8s', 'k8s.example.com:443', '10.0.0.1', '10.0.0.1:6443', '[fd00::1]', '[fd00::1]:443'],
    ],
    [kubernetes.certificateName, ['*.example.com', 'fd00::1']],
    [kubernetes.imageRepository, ['registry.k8s.io', 'gcr.io/google_containers', 'localhost:5000/a/b-c']],
    [kubernetes.imageName, ['busybox:1.35', 'h:5000/a/b:c', `a/b@sha256:${'0'.repeat(64)}`]],
    [kubernetes.evictionSize, ['0%', '10%', '7.5%', '100Mi', '1.5Gi', '500M']],
    [kubernetes.evictionInodes, ['5%', '1000', '10k']],
    [kubernetes.labelKey, ['disk', 'node.example.com/Disk_1.a', 'topology.kubernetes.io/zone']],
    [kubernetes.labelValue, ['', 'a', 'A.b_c-1']],
    [
      kubernetes.taint,
      ['a:NoSchedule', 'a=:NoSchedule', 'example.com/a=b.c:NoExecute', 'dedicated=x:PreferNoSchedule'],
    ],
    [
      kubernetes.patchFile,
      ['etcd.json', 'kube-apiserver0+merge.yaml', 'kubeletconfiguration+strategic.yaml'],
    ],
    [madeFormats.configurationKey, ['maxPods', 'conntrack.maxPerCore', 'featureGates.SomeGate']],
  ])('are right: %j', (format, valid) => {
    expect(valid.filter((text) => checkText(format, text) !== undefined)).toEqual([]);
  });

  it.each<[Format, string, string | undefined]>([
    [kubernetes.kubernetesVersion, 'v1.34', '1.34'],
    [kubernetes.kubernetesVersion, '1.20.x', '1.20'],
    [kubernetes.kubernetesVersion, '34', '1.34'],
    [kubernetes.kubernetesVersion, '2.0', undefined],
    [kubernetes.endpoint, 'fd00::1', '[fd00::1]'],
    [kubernetes.endpoint, 'K8s.example.com', 'k8s.example.com'],
    [kubernetes.endpoint, '10.0.0.300', undefined],
    [kubernetes.endpoint, 'k8s:70000', undefined],
    [kubernetes.endpoint, ':6443', undefined],
    [kubernetes.certificateName, 'K8s.example.com:6443', 'k8s.example.com'],
    [kubernetes.imageName, 'Busybox:1', 'busybox:1'],
    [kubernetes.imageName, 'host:5000/busybox', undefined],
    [kubernetes.evictionSize, '5', '5%'],
    [kubernetes.evictionSize, '100%', undefined],
    [kubernetes.evictionSize, '500mb', '500Mi'],
    [kubernetes.evictionInodes, '<5%', '5%'],
    [kubernetes.labelKey, 'a/b/c', undefined],
    [kubernetes.labelKey, '/b', undefined],
    [kubernetes.labelKey, 'a b', 'a-b'],
    [kubernetes.labelValue, 'ü', undefined],
    [kubernetes.labelValue, 'x'.repeat(64), undefined],
    [kubernetes.taint, 'a=b', 'a=b:NoSchedule'],
    [kubernetes.taint, 'a=b:NoExcute', 'a=b:NoExecute'],
    [kubernetes.taint, ':NoSchedule', undefined],
    [kubernetes.taint, 'node-role.kubernetes.io/control-plane:NoSchedule', undefined],
    [kubernetes.patchFile, 'kube-apiserver', undefined],
    [kubernetes.patchFile, 'apiserver.yaml', undefined],
    [kubernetes.patch, ' \n', undefined],
    [madeFormats.argumentName, '--v=2', 'v'],
    [madeFormats.argumentName, 'node-ip', undefined],
    [madeFormats.configurationKey, 'MaxPods', 'maxPods'],
    [madeFormats.configurationKey, 'evictionHard.memory', undefined],
  ])('are wrong: %j %j; did you mean %j?', (format, text, nearest) => {
    expect(checkText(format, text)).toBeDefined();
    expect(checkText(format, text)?.nearest).toBe(nearest);
  });
});

describe('a network', () => {
  it.each([
    ['10.0.0.0/24', undefined],
    ['10.0.0.11/24', '10.0.0.0/24'],
    ['10.0.1.2/23', '10.0.0.0/23'],
    ['10.0.0.1/0', '0.0.0.0/0'],
    ['10.0.0.1/32', undefined],
    ['fd00::/64', undefined],
    ['fd00::1/64', 'fd00::/64'],
    ['fd00:0:0:1:2:3:4:5/48', 'fd00::/48'],
  ])('%s: did you mean %s?', (text, nearest) => {
    expect(checkText(network.networkAddress, text)?.nearest).toBe(nearest);
  });

  it.each(['10.0.0.11', '10.0.0.0/33', '10.0.0.0/24,10.0.1.0/24', 'example.com/24', '10.0.0.0/24/8'])(
    'is not %s',
    (text) => {
      expect(checkText(network.networkAddress, text)).toBeDefined();
    },
  );

  it('holds the addresses that have its prefix', () => {
    const address = fc
      .tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
      .map((parts) => parts.join('.'));
    fc.assert(
      fc.property(address, address, fc.nat(32), (one, other, length) => {
        const base = network.networkAddress.normalize?.(`${one}/${length}`) ?? '';
        expect(network.isInNetwork(one, base)).toBe(true);
        expect(network.isInNetwork(other, base)).toBe(
          network.networkAddress.normalize?.(`${other}/${length}`) === base,
        );
      }),
    );
    expect(network.isInNetwork('fd00::1', 'fd00::/64')).toBe(true);
    expect(network.isInNetwork('fd00:0:0:1::1', 'fd00::/64')).toBe(false);
    expect(network.isInNetwork('10.0.0.1', '::/0')).toBe(false);
    expect(network.isInNetwork('fd00::1', '0.0.0.0/0')).toBe(false);
  });
});

describe('names of Ceph', () => {
  it.each<[Format, string, string | undefined, RegExp | undefined]>([
    [ceph.deployUser, 'ceph', 'cephd', /pitfall ceph-deploy-user/],
    [ceph.deployUser, 'root', 'cephd', /pitfall ceph-deploy-user/],
    [ceph.deployUser, 'Deploy User', 'deploy-user', undefined],
    [ceph.operatorsGroup, 'ceph', 'ceph-operators', /pitfall ceph-admin-keyring/],
    [ceph.clientName, 'admin', undefined, /pitfall ceph-k8s-admin-user/],
    [ceph.clientName, 'client.kube', 'kube', undefined],
    [ceph.clientName, 'client.admin', undefined, undefined],
    [ceph.clientName, 'bootstrap-osd', undefined, undefined],
    [ceph.poolName, '.mgr', 'mgr', undefined],
    [ceph.poolName, 'kube pool', 'kube-pool', undefined],
    [ceph.imageName, 'registry', 'rbd/registry', undefined],
    [ceph.imageName, 'kube/a/b', undefined, undefined],
    [ceph.storageSize, '10GB', '10G', undefined],
    [ceph.storageSize, '512mib', '512M', undefined],
    [ceph.storageSize, '10', '10G', undefined],
    [ceph.storageSize, '0G', undefined, undefined],
    [ceph.filesystemPath, 'apps', '/apps', undefined],
    [ceph.filesystemPath, '/apps/../..', undefined, undefined],
  ])('%o: refuses %s', (format, text, nearest, why) => {
    const complaint = checkText(format, text);
    expect(complaint).toBeDefined();
    expect(complaint?.nearest).toBe(nearest);
    if (why !== undefined) expect(complaint?.why).toMatch(why);
  });
});

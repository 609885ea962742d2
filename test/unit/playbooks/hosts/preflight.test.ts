import { describe, expect, it } from 'vitest';
import {
  addressProblem,
  clockProblem,
  nameProblem,
  preflight,
  spaceProblem,
  subnetProblem,
  systemProblem,
} from '../../../../playbooks/hosts/preflight.js';
import { aHost, anInventory, dockerSettings, kubernetesSettings, someFacts } from '../fixtures.js';

const node = aHost('node1', '10.0.0.11');
const facts = someFacts('10.0.0.11');
const GIB = 1024 ** 3;

function disks(...sizes: readonly (readonly [string, number, number])[]) {
  const fileSystems = sizes.map(([mountPoint, size, free]) => ({
    mountPoint,
    device: '/dev/vda',
    type: 'ext4',
    size: size * GIB,
    free: free * GIB,
  }));
  return someFacts('10.0.0.11', { fileSystems });
}

describe('preflight', () => {
  it('finds nothing wrong with a fresh Debian or Ubuntu', () => {
    const ubuntu = someFacts('10.0.0.11', {
      os: { id: 'ubuntu', version: '16.04', codename: 'xenial', like: ['debian'] },
    });
    for (const each of [facts, ubuntu]) {
      const sources = preflight(node, anInventory(), each).map(({ check }) => check.source);
      expect(sources).toEqual([':', ':', ':', ':', ':', ':']);
    }
  });

  it('says nothing of a host whose facts are not known', () => {
    expect(preflight(node, anInventory(), undefined).every(({ check }) => check.source === ':')).toBe(true);
  });

  it('refuses systems without apt or systemd', () => {
    const os = { id: 'rocky', version: '9.4', codename: undefined, like: ['rhel', 'centos', 'fedora'] };
    expect(systemProblem(node, someFacts('10.0.0.11', { os, packageManager: 'dnf' }))).toMatch(
      /^node1 runs rocky 9\.4: provision works on Debian and Ubuntu\./,
    );
    const trusty = { id: 'ubuntu', version: '14.04', codename: 'trusty', like: ['debian'] };
    expect(systemProblem(node, someFacts('10.0.0.11', { os: trusty, init: 'upstart' }))).toMatch(
      /^node1 runs ubuntu 14\.04 with upstart: provision needs systemd/,
    );
  });

  it.each(['iZ25beglnhtZ', 'node_1', '-node', 'node-', 'a'.repeat(64), '', 'node1.example.com'])(
    'refuses the name "%s"',
    (name) => expect(nameProblem(aHost(name, '10.0.0.11'))).toContain('RFC 1123'),
  );

  it.each(['a', '7', 'node1', 'node-01', 'a'.repeat(63)])('takes the name "%s"', (name) =>
    expect(nameProblem(aHost(name, '10.0.0.11'))).toBeUndefined(),
  );

  it('wants the address on an interface, however it is written', () => {
    expect(addressProblem(aHost('node1', '10.0.0.99'), facts)).toMatch(
      /^node1 does not have the address 10\.0\.0\.99\. It has 10\.0\.0\.11: /,
    );
    const v6 = someFacts('2001:db8::b');
    expect(addressProblem(aHost('node1', '2001:DB8:0:0::B'), v6)).toBeUndefined();
    expect(addressProblem(aHost('node1', '2001:db8::c'), v6)).toContain('2001:db8::b');
  });

  it("refuses the article's root disk: 6 GB, 92 % used", () => {
    expect(spaceProblem(node, anInventory(), disks(['/', 6, 0.48]))).toMatch(
      /^\/ of node1 is too full for the system: 0\.5 of 6\.0 GiB are free \(8 %\), 1\.0 GiB are needed\./,
    );
  });

  it('looks at the file system of the data root', () => {
    const three = disks(['/', 20, 3], ['/data', 100, 3], ['/data/other', 100, 90]);
    const on = (dataRoot: string) =>
      spaceProblem(node, anInventory({ docker: { ...dockerSettings, dataRoot } }), three);
    expect(on('/data/docker')).toMatch(/^\/data of node1 is too full for images and containers/);
    expect(on('/data/other/docker')).toBeUndefined();
    expect(on('/data/otherwise')).toMatch(/^\/data of node1/);
  });

  it('knows when kubelet evicts, and that an installed engine needs no room for its first images', () => {
    const installed = {
      ...disks(['/', 100, 9]),
      runtimes: { docker: '20.10', containerd: undefined, crio: undefined },
    };
    expect(spaceProblem(node, anInventory(), installed)).toContain('below 10% kubelet reports DiskPressure');
    expect(spaceProblem(aHost('node1', '10.0.0.11', ['docker']), anInventory(), installed)).toBeUndefined();
    expect(
      spaceProblem(aHost('node1', '10.0.0.11', ['osd']), anInventory(), disks(['/', 20, 2])),
    ).toBeUndefined();
    expect(spaceProblem(node, anInventory(), disks(['/', 20, 3]))).toContain('4.0 GiB are needed');
  });

  it.each([
    ['5%', '9%', 8.9, 'below 9% kubelet'],
    ['5%', '9%', 9.1, undefined],
    ['8Gi', '5%', 7.9, 'below 8Gi kubelet'],
    ['8Gi', '5%', 8.1, undefined],
    ['5000M', '0%', 4.6, 'below 5000M kubelet'],
    ['5000M', '0%', 4.7, undefined],
  ])(
    'takes the thresholds of the inventory: %s, %s with %d GiB free of 100',
    (nodefs, imagefs, free, said) => {
      const evictionHard = {
        ...kubernetesSettings.evictionHard,
        'nodefs.available': nodefs,
        'imagefs.available': imagefs,
      };
      const inventory = anInventory({ kubernetes: { ...kubernetesSettings, evictionHard } });
      const problem = spaceProblem(node, inventory, disks(['/', 100, free]));
      if (said === undefined) expect(problem).toBeUndefined();
      else expect(problem).toContain(said);
    },
  );

  it.each([
    ['eth1', '10.244.7.1/24', 'podSubnet'],
    ['eth0', '10.0.0.11/8', 'podSubnet'],
    ['br-lan', '10.100.0.0/16', 'serviceSubnet'],
    ['cni0', '10.244.1.1/24', undefined],
    ['flannel.1', '10.244.1.0/32', undefined],
    ['kube-ipvs0', '10.96.0.10/32', undefined],
    ['eth1', '192.168.0.1/24', undefined],
  ])('keeps the networks of the cluster apart from those of the host: %s %s', (name, address, key) => {
    const interfaces = [...facts.interfaces, { name, mtu: 1500, addresses: [address] }];
    const problem = subnetProblem(node, anInventory(), someFacts('10.0.0.11', { interfaces }));
    if (key === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(`${name} of node1 has ${address}`);
    if (key !== undefined) expect(problem).toContain(`Set kubernetes.${key} of the inventory`);
  });

  it('refuses a clock with which no signature is valid', () => {
    expect(clockProblem(node, someFacts('10.0.0.11', { clockSkew: -3700.4 }))).toMatch(
      /^The clock of node1 is 3700 s behind this machine's/,
    );
    expect(clockProblem(node, someFacts('10.0.0.11', { clockSkew: 599 }))).toBeUndefined();
    expect(clockProblem(node, someFacts('10.0.0.11', { clockSkew: undefined }))).toBeUndefined();
  });
});

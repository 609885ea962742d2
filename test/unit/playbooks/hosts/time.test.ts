import { describe, expect, it } from 'vitest';
import { packageNames } from '../../../../playbooks/hosts/packages.js';
import { chronyConfiguration, timeServiceOf, worstSkew } from '../../../../playbooks/hosts/time.js';
import { aHost, anInventory, factsOf, someFacts } from '../fixtures.js';

const withServers = anInventory({ time: { servers: ['10.0.0.1', 'ntp.example.com'], maxSkew: 0.05 } });
const found = (timeSync: string | undefined, virtualization = 'kvm') =>
  someFacts('10.0.0.11', { timeSync, virtualization });

describe('who keeps the time', () => {
  it.each([
    [undefined, 'kvm', 'chrony'],
    ['chrony', 'kvm', 'chrony'],
    ['systemd-timesyncd', 'kvm', 'systemd-timesyncd'],
    ['systemd-timesyncd', 'none', 'systemd-timesyncd'],
    // It does not run there.
    ['systemd-timesyncd', 'systemd-nspawn', 'chrony'],
    ['ntpsec', 'lxc', 'ntpsec'],
  ])('is, where %s keeps it on %s: %s', (timeSync, virtualization, keeper) => {
    expect(timeServiceOf(anInventory(), found(timeSync, virtualization))).toBe(keeper);
  });

  it('is chrony when there are servers to use', () => {
    expect(timeServiceOf(withServers, found('systemd-timesyncd'))).toBe('chrony');
    expect(timeServiceOf(withServers, undefined)).toBe('chrony');
  });

  it('is told its servers', () => {
    expect(chronyConfiguration(['10.0.0.1', 'ntp.example.com'])).toContain(
      'server 10.0.0.1 iburst\nserver ntp.example.com iburst\ndriftfile ',
    );
  });
});

describe('the skew between hosts', () => {
  const inventory = anInventory();
  const [node1, node2, node3] = inventory.hosts;
  const skew = (own: typeof node1, facts: ReturnType<typeof factsOf>) =>
    own === undefined ? '' : worstSkew(own, inventory, facts);

  it('names the host from which a clock differs most', () => {
    const facts = factsOf(inventory, { node2: { clockSkew: 0.4 }, node3: { clockSkew: -1.25 } });
    expect(skew(node1, facts)).toBe(
      'The clock of node1 is 1.25 s ahead of that of node3; 0.05 s are allowed.',
    );
    expect(skew(node3, facts)).toBe('The clock of node3 is 1.65 s behind that of node2; 0.05 s are allowed.');
    expect(skew(node2, facts)).toContain('1.65 s ahead of that of node3');
  });

  it('is no more than was surely measured', () => {
    const facts = factsOf(inventory, { node2: { clockSkew: 0.3, clockSkewError: 0.3 } });
    expect(skew(node1, facts)).toBeUndefined();
    expect(skew(node1, factsOf(inventory, { node2: { clockSkew: undefined } }))).toBeUndefined();
    expect(skew(node1, new Map())).toBeUndefined();
  });
});

describe('the base packages', () => {
  const system = (id: string, version: string) => ({ id, version, codename: undefined, like: [] });

  const store = aHost('store1', '10.0.0.21', ['osd']);

  it('bring https to old versions of apt', () => {
    expect(packageNames(store, system('ubuntu', '16.04'), true)).toContain('apt-transport-https');
    expect(packageNames(store, system('debian', '9'), true)).toContain('apt-transport-https');
    expect(packageNames(store, system('ubuntu', '18.04'), true)).not.toContain('apt-transport-https');
    expect(packageNames(store, system('debian', '12'), true)).not.toContain('apt-transport-https');
    expect(packageNames(store, undefined, true)).not.toContain('apt-transport-https');
  });

  it('hold what AppArmor needs where containers run', () => {
    const node = aHost('node1', '10.0.0.11');
    expect(packageNames(node, system('debian', '12'), true)).toContain('apparmor');
    expect(packageNames(store, system('debian', '12'), true)).not.toContain('apparmor');
  });

  it('hold chrony only where it keeps the time', () => {
    expect(packageNames(store, system('debian', '12'), true)).toContain('chrony');
    expect(packageNames(store, system('debian', '12'), false)).not.toContain('chrony');
  });
});

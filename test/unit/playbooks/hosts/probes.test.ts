import { describe, expect, it } from 'vitest';
import { clockProbe, nameProbe, portProbe } from '../../../../playbooks/hosts/probes.js';
import type { Inventory, Role } from '../../../../src/inventory/inventory.js';
import { aHost, anInventory } from '../fixtures.js';

function tries(inventory: Inventory, name: string): readonly string[] {
  const host = inventory.hosts.find((each) => each.name === name) ?? aHost(name, '10.0.0.99');
  const { source } = portProbe(inventory, host);
  const ways = [
    ...source.matchAll(/^if is_silent (tcp\/\S+); then\n {2}try_port \S+ (\S+) (\S+) (\d+) .*&\nfi$/gm),
  ];
  const targets = ways.map(([, target]) => target);
  expect(targets).toEqual(ways.map(([, , , address, port]) => `tcp/${address}/${port}`));
  if (ways.length > 0) expect(source).toContain(`\nask_all ${targets.join(' ')}\n`);
  return ways.map(([, , peer, , port]) => `${peer}:${port}`);
}

describe('the ports that a host tries', () => {
  const planes: readonly Role[] = ['control-plane', 'mon'];
  const inventory = anInventory({
    hosts: [aHost('one', '10.0.0.1', planes), aHost('two', '10.0.0.2', planes), aHost('three', '10.0.0.3')],
  });

  it('are those that a daemon of another host has for good, by their roles', () => {
    expect(tries(inventory, 'one')).toEqual([
      'two:6443',
      'two:2379',
      'two:2380',
      'two:10250',
      'three:10250',
      'two:6789',
      'two:3300',
    ]);
    expect(tries(inventory, 'three').toSorted()).toEqual([
      'one:3300',
      'one:6443',
      'one:6789',
      'two:3300',
      'two:6443',
      'two:6789',
    ]);
  });

  it('are none where there is nobody else', () => {
    const alone = anInventory({ hosts: [aHost('one', '10.0.0.1', planes)] });
    expect(portProbe(alone, aHost('one', '10.0.0.1', planes)).source).toBe(':');
  });
});

describe('probes that know the inventory', () => {
  const inventory = anInventory();
  const [first, second] = inventory.hosts;

  it('compare the clock with that of another control plane, where there is one', () => {
    expect(second && clockProbe(inventory, second).source).toMatch(
      /\nprobe_clock node2 node1 https:\/\/10\.0\.0\.11:6443 https:\/\/api\.[^ ]+:6443$/,
    );
    expect(first && clockProbe(inventory, first).source).toMatch(/\nprobe_clock node1$/);
  });

  it('look for the own name, for lines of /etc/hosts that say otherwise, and ask the resolver', () => {
    const { source } = nameProbe(inventory, first ?? aHost('node1', '10.0.0.11'));
    expect(source).toContain('[ "$live" = node1 ]');
    expect(source).toContain('find_conflicts /etc/hosts ');
    expect(source).toMatch(/resolves_to v4 'node1=10\.0\.0\.11' 'node2=10\.0\.0\.12' 'node3=10\.0\.0\.13'/);
  });
});

import { describe, expect, it } from 'vitest';
import { hosts } from '../../../../playbooks/hosts/playbook.js';
import { portsOf, ways } from '../../../../playbooks/hosts/ports.js';
import type { NetworkSettings } from '../../../../src/inventory/kubernetes-settings.js';
import {
  aHost,
  anInventory,
  factsOf,
  findTask,
  kubernetesSettings,
  networkSettings,
  playsOn,
} from '../fixtures.js';

/** What the others must reach of the first host. */
function portsOfFirst(network: Partial<NetworkSettings>): readonly string[] {
  const inventory = anInventory({ network: { ...networkSettings, ...network } });
  const [first] = inventory.hosts;
  return first === undefined ? [] : portsOf(first, ways(inventory));
}

describe('the ports between hosts', () => {
  it('are those of the roles', () => {
    const all = ways(anInventory());
    const [node1, node2] = anInventory().hosts;
    const of = (name: string) => {
      const host = all.find(({ to }) => to.name === name)?.to;
      return host === undefined ? [] : portsOf(host, all);
    };
    expect(of(node1?.name ?? '')).toEqual([
      'tcp/6443',
      'tcp/30000',
      'tcp/32767',
      'tcp/6789',
      'tcp/3300',
      'tcp/6800',
      'tcp/7300',
      'udp/8472',
    ]);
    expect(of(node2?.name ?? '')).toEqual([
      'tcp/10250',
      'tcp/30000',
      'tcp/32767',
      'tcp/6800',
      'tcp/7300',
      'udp/8472',
    ]);
  });

  it('are none for engines that only run containers', () => {
    const inventory = anInventory({
      hosts: [aHost('a', '10.0.0.1', ['docker']), aHost('b', '10.0.0.2', ['docker'])],
    });
    expect(ways(inventory)).toEqual([]);
  });

  it.each<[Partial<NetworkSettings>, readonly string[]]>([
    [{ plugin: 'flannel' }, ['udp/8472']],
    [{ plugin: 'flannel', backend: 'vxlan' }, ['udp/8472']],
    [{ plugin: 'flannel', backend: 'udp' }, ['udp/8285']],
    [{ plugin: 'flannel', backend: 'host-gw' }, []],
    [{ plugin: 'calico' }, ['udp/4789']],
    [{ plugin: 'calico', backend: 'ipip' }, ['tcp/179']],
    [{ plugin: 'weave' }, ['tcp/6783', 'udp/6783', 'udp/6784']],
    [{ plugin: 'cilium' }, ['udp/8472', 'tcp/4240']],
    [{ plugin: 'routes' }, []],
    [{ plugin: 'none' }, []],
  ])('are those of the pod network: %j', (changes, ports) => {
    const none = new Set(portsOfFirst({ plugin: 'none' }));
    expect(portsOfFirst(changes).filter((port) => !none.has(port))).toEqual(ports);
  });

  it.each([
    ['1.5.1', true],
    ['1.6', false],
    [undefined, false],
  ])('have the discovery of 1.5: %s', (version, has) => {
    const all = ways(anInventory({ kubernetes: { ...kubernetesSettings, version } }));
    const ports = all.filter(({ port }) => port === 9898).map(({ from, to }) => `${from.name}>${to.name}`);
    expect(ports).toEqual(has ? ['node2>node1', 'node3>node1'] : []);
  });

  it('need etcd between control planes only', () => {
    const inventory = anInventory({
      hosts: [
        aHost('a', '10.0.0.1', ['control-plane']),
        aHost('b', '10.0.0.2', ['control-plane']),
        aHost('c', '10.0.0.3', ['worker']),
      ],
    });
    const etcd = ways(inventory).filter(({ port }) => port === 2380);
    expect(etcd.map(({ from, to }) => `${from.name}>${to.name}`)).toEqual(['a>b', 'b>a']);
  });

  it('are tried with the name, the address and the purpose', () => {
    const task = findTask(playsOn(hosts, anInventory(), 'node2'), 'ports-open');
    expect(task.apply?.source).toContain(
      `try_way "$folder"/00000 tcp node1 10.0.0.11 6443 'the Kubernetes API server' &`,
    );
    expect(task.apply?.source).toContain(`udp node1 10.0.0.11 8472 'the pod network (VXLAN)' &`);
  });

  it('are not tried where UDP is in use by a service', () => {
    const inventory = anInventory();
    const outputs = new Map([['node1', new Map([['served-udp-ports', '8472']])]]);
    const plays = hosts.plays({ inventory, facts: factsOf(inventory), outputs });
    const [, node2] = inventory.hosts;
    const play = plays.find(({ id }) => id === 'ports-between-hosts');
    const tries = node2 === undefined ? '' : play?.tasks(node2)[0]?.apply?.source;
    expect(tries).not.toContain('udp node1');
    expect(tries).toContain('udp node3');
    expect(tries).toContain('tcp node1 10.0.0.11 6443');
  });

  it('are tried again by all when one host does not know that they are open', () => {
    const inventory = anInventory();
    const key = /KEY=(\w+)/.exec(
      findTask(playsOn(hosts, inventory, 'node1'), 'ports-open').check.source,
    )?.[1];
    const proofs = { 'ports-open': key ?? '' };
    const isDue = (facts: ReturnType<typeof factsOf>) =>
      findTask(playsOn(hosts, inventory, 'node1', facts), 'port-listeners').apply !== undefined;
    expect(isDue(factsOf(inventory))).toBe(true);
    expect(isDue(factsOf(inventory, { '*': { proofs } }))).toBe(false);
    expect(isDue(factsOf(inventory, { node1: { proofs }, node2: { proofs } }))).toBe(true);
    expect(isDue(factsOf(inventory, { '*': { proofs: { 'ports-open': 'of another day' } } }))).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { reset } from '../../../../playbooks/kubernetes/reset.js';
import { hostPlay } from '../../../../src/engine/host-play.js';
import type { PlaybookContext } from '../../../../src/engine/play.js';
import type { Host, Inventory } from '../../../../src/inventory/inventory.js';
import { itIsMadeOfScripts } from '../assembled.js';
import { aHost, anInventory } from '../fixtures.js';

const ONE = anInventory().hosts;
const THREE = [
  ...['cp1', 'cp2', 'cp3'].map((name, index) => aHost(name, `10.0.0.1${index}`, ['control-plane'])),
  aHost('worker1', '10.0.0.21', ['worker']),
];

function context(hosts: Inventory['hosts']): PlaybookContext {
  return { inventory: anInventory({ hosts }), facts: new Map(), outputs: new Map() };
}

function pick(hosts: readonly Host[], ...names: readonly string[]): readonly Host[] {
  return hosts.filter(({ name }) => names.includes(name));
}

/** `host task` of everything that would be done. */
function tasks(hosts: Inventory['hosts'], chosen: readonly Host[]): string[] {
  return reset
    .plays(context(hosts), chosen)
    .flatMap((play) =>
      play.hosts.flatMap((host) =>
        hostPlay('kubernetes', play, host).tasks.map(({ id }) => `${host.name} ${id}`),
      ),
    );
}

const ON_HOST = [
  'administrator',
  'routes',
  'kubelet',
  'kubeadm',
  'containers',
  'mounts',
  'files',
  'links',
  'firewall',
  'records',
].map((part) => `kubernetes-reset-${part}`);

describe('resetting Kubernetes', () => {
  it('takes everything away from all hosts, and asks nobody', () => {
    expect(tasks(ONE, ONE)).toEqual(ONE.flatMap(({ name }) => ON_HOST.map((id) => `${name} ${id}`)));
    expect(reset.helpers?.(anInventory(), ONE)).toEqual([]);
  });

  it('has a control plane that stays let a node go first', () => {
    const chosen = pick(ONE, 'node2');
    expect(reset.helpers?.(anInventory(), chosen).map(({ name }) => name)).toEqual(['node1']);
    expect(tasks(ONE, chosen)).toEqual([
      'node1 kubernetes-reset-first',
      'node1 kubernetes-reset-node-node2',
      ...ON_HOST.map((id) => `node2 ${id}`),
    ]);
  });

  it('lets a control plane go from etcd too, before it ends', () => {
    const done = tasks(THREE, pick(THREE, 'cp2'));
    expect(done.slice(0, 4)).toEqual([
      'cp1 kubernetes-reset-first',
      'cp1 kubernetes-reset-node-cp2',
      'cp1 kubernetes-reset-etcd-cp2',
      'cp2 kubernetes-reset-administrator',
    ]);
  });

  it('refuses to leave a cluster behind without the control plane where it begins', () => {
    const chosen = pick(THREE, 'cp1');
    const check = (hosts: readonly Host[]): string =>
      reset.plays(context(THREE), hosts)[0]?.tasks(THREE[1] as Host)[0]?.check.source ?? '';
    expect(check(chosen)).toContain('cp1 is the first control plane of the inventory');
    expect(check(chosen)).toContain('Move cp2 in front of it');
    expect(check(pick(THREE, 'cp3'))).toBe(':');
    expect(reset.helpers?.(anInventory({ hosts: THREE }), chosen).map(({ name }) => name)).toEqual(['cp2']);
  });

  it('says what is lost', () => {
    expect(reset.loses(context(ONE), ONE)).toEqual([
      'the cluster with all that is in it: every object, every secret, and the certificates',
      'node1, node2, node3: all pods, with what they keep in emptyDir volumes',
      'node1: /etc/kubernetes with its keys, and the data of etcd',
      'node1, node2, node3: the pod network with its links, addresses and firewall rules',
    ]);
    expect(reset.loses(context(ONE), pick(ONE, 'node2'))).toEqual([
      'the place of node2 in the cluster: pods go to other nodes, or end where no other node takes them',
      'node2: all pods, with what they keep in emptyDir volumes',
      'node2: the pod network with its links, addresses and firewall rules',
    ]);
    expect(reset.loses(context(ONE), pick(ONE, 'node1'))).toContain(
      'node2 is left as it is, a node of a cluster that is gone; reset it too',
    );
    const none = [aHost('a', '10.0.0.1', ['docker'])];
    expect(reset.loses(context(none), [])).toEqual([]);
    expect(reset.plays(context(none), [])).toEqual([]);
  });

  itIsMadeOfScripts(() =>
    reset.plays(context(THREE), pick(THREE, 'cp2')).flatMap((play) => play.tasks(THREE[1] as Host)),
  );
});

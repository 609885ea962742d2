import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { advice } from '../../../../playbooks/network/advice.js';
import { network } from '../../../../playbooks/network/playbook.js';
import { serverObjects, triesObjects } from '../../../../playbooks/network/proof/objects.js';
import { manifestText } from '../../../../playbooks/network/manifest-text.js';
import { pitfalls } from '../../../../playbooks/network/pitfalls.js';
import { cniConfig, routesData } from '../../../../playbooks/network/routes/files.js';
import { clusterNodes } from '../../../../playbooks/network/subnets.js';
import { matchPitfall } from '../../../../src/pitfalls/match.js';
import type { Task } from '../../../../src/engine/task.js';
import { anInventory, networkSettings } from '../fixtures.js';
import { aNetworkContext, NODES, type Variant } from './context.js';

/** The tasks of a host, by play. */
function tasksOf(name: string, variant: Variant): Readonly<Record<string, readonly Task[]>> {
  const plays = network.plays(aNetworkContext(variant));
  return Object.fromEntries(
    plays.flatMap((play) =>
      play.hosts.filter((host) => host.name === name).map((host) => [play.id, play.tasks(host)]),
    ),
  );
}

function idsOf(name: string, variant: Variant): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(tasksOf(name, variant)).map(([play, tasks]) => [play, tasks.map(({ id }) => id)]),
  );
}

function taskOf(name: string, id: string, variant: Variant): Task {
  const task = Object.values(tasksOf(name, variant))
    .flat()
    .find((each) => each.id === id);
  if (task === undefined) throw new Error(`no task ${id}`);
  return task;
}

const BEFORE = [
  'network-release',
  'network-interface',
  'network-mtu',
  'network-one-subnet',
  'network-one-config',
];

describe('the network stage', () => {
  it('has nothing to do without nodes, or when the network is left to the operator', () => {
    expect(network.hosts(anInventory({ hosts: [] }))).toEqual([]);
    expect(network.hosts(anInventory({ network: { ...networkSettings, plugin: 'none' } }))).toEqual([]);
    expect(network.hosts(anInventory()).map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
  });

  it('brings flannel to the cluster and looks after each node', () => {
    expect(idsOf('node1', { nodes: NODES })).toEqual({
      'network-preflight': [...BEFORE, 'network-cni-programs'],
      'network-subnets': ['network-pod-subnets'],
      'network-nodes': ['network-subnet', 'network-flannel-subnet', 'network-cni0', 'network-leases'],
      'network-plugin': ['network-plugin'],
      'network-proof': ['network-ready', 'network-pairs'],
    });
  });

  it('routes need nothing in the cluster', () => {
    const ids = idsOf('node2', { network: { plugin: 'routes' }, nodes: NODES });
    expect(ids['network-nodes']).toEqual([
      'network-subnet',
      'network-cni0',
      'network-leases',
      'network-cni-config',
      'network-routes-data',
      'network-routes-script',
      'network-routes-unit',
      'network-routes',
      'network-routes-service',
    ]);
    expect(idsOf('node1', { network: { plugin: 'routes' }, nodes: NODES })['network-plugin']).toEqual([]);
  });

  it('an old flannel gets the rules that it does not make itself', () => {
    expect(idsOf('node2', { kubernetes: { version: '1.7.16' } })['network-nodes']).toContain(
      'network-routes',
    );
  });

  it('a plugin of another project is fetched, checked and set up', () => {
    const variant: Variant = {
      kubernetes: { version: '1.34' },
      network: { plugin: 'calico', manifestMirror: 'https://mirror.example.com/raw', mtu: 1400 },
    };
    expect(idsOf('node1', variant)['network-plugin']).toEqual([
      'network-manifest-file',
      'network-manifest-settings',
      'network-plugin',
    ]);
    const file = taskOf('node1', 'network-manifest-file', variant);
    expect(file.apply?.source).toContain(
      'https://mirror.example.com/raw/projectcalico/calico/v3.32.1/manifests/calico.yaml',
    );
    expect(file.check.source).toContain('a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744');
    const settings = taskOf('node1', 'network-manifest-settings', variant);
    for (const word of ['pool=10.244.0.0/16', 'mtu=1400', 'mode=vxlan'])
      expect(settings.check.source).toContain(word);
    expect(idsOf('node2', variant)['network-nodes']).toEqual([]);
  });

  it.each(['flannel', 'routes', 'calico', 'weave'] as const)(
    'with %s a plan of bare hosts has the tasks of the run',
    (plugin) => {
      const variant: Variant = { network: { plugin }, kubernetes: { version: '1.34' } };
      for (const host of ['node1', 'node2']) {
        expect(idsOf(host, variant)).toEqual(idsOf(host, { ...variant, nodes: NODES }));
      }
    },
  );

  it('says what it will know later, until it is known', () => {
    const bare = taskOf('node2', 'network-cni-config', { network: { plugin: 'routes' } });
    expect(bare.check.source).toContain('known after network-pod-subnets');
    const known = taskOf('node2', 'network-cni-config', { network: { plugin: 'routes' }, nodes: NODES });
    expect(known.check.source).toContain('10.244.1.0/24');
    // A node that joins in this run has none yet, and the others have no route to it.
    const joining = {
      network: { plugin: 'routes' },
      nodes: NODES.split('\n').slice(0, 2).join('\n'),
    } as const;
    expect(taskOf('node1', 'network-cni-config', joining).check.source).toContain('10.244.0.0/24');
    expect(taskOf('node1', 'network-routes-data', joining).check.source).toContain(
      'known after network-pod-subnets',
    );
  });

  it('refuses a node that the cluster gives no addresses', () => {
    const nodes = NODES.replace('10.244.1.0/24', '-');
    expect(clusterNodes(aNetworkContext({ nodes }))[1]).toEqual({
      name: 'node2',
      podSubnet: undefined,
      uid: 'u2',
    });
    expect(taskOf('node2', 'network-subnet', { nodes }).check.source).toContain('pod cidr not assigned');
    expect(taskOf('node1', 'network-subnet', { nodes }).check.source).toBe(':');
    expect(taskOf('node1', 'network-subnet', {}).check.source).toBe(':');
  });

  it('proves anew what rests on something else', () => {
    const key = (variant: Variant) =>
      /KEY='?([0-9a-f]{16})/.exec(taskOf('node1', 'network-pairs', variant).check.source)?.[1];
    const first = key({ nodes: NODES });
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(key({ nodes: NODES })).toBe(first);
    for (const other of [
      {},
      { nodes: NODES.replace('u3', 'u4') },
      { nodes: NODES, network: { backend: 'host-gw' } },
      { nodes: NODES, network: { mtu: 1400 } },
    ] as const) {
      expect(key(other)).not.toBe(first);
    }
  });
});

describe('routes', () => {
  it('has each other node behind its private address', () => {
    const context = aNetworkContext({ network: { plugin: 'routes' }, nodes: NODES });
    expect(routesData(context.members.first, context)).toBe(`node 10.0.0.11
node 10.0.0.12
node 10.0.0.13
pods 10.244.0.0/16
route 10.244.1.0/24 10.0.0.12
route 10.244.2.0/24 10.0.0.13
masquerade yes
`);
  });

  it('has the configuration that kubelet of each time reads', () => {
    expect(JSON.parse(cniConfig('10.244.1.0/24', 1400, 20))).toEqual({
      cniVersion: '0.3.1',
      name: 'provision',
      plugins: [
        {
          type: 'bridge',
          bridge: 'cni0',
          isDefaultGateway: true,
          ipMasq: false,
          hairpinMode: true,
          mtu: 1400,
          ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    });
    expect(JSON.parse(cniConfig('10.244.1.0/24', undefined, 5))).toEqual({
      cniVersion: '0.2.0',
      name: 'provision',
      type: 'bridge',
      bridge: 'cni0',
      isDefaultGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: { type: 'host-local', subnet: '10.244.1.0/24' },
    });
  });
});

describe('the probes', () => {
  it.each(['1.5.1', '1.20.2', '1.34'])('for Kubernetes %s are as reviewed', async (version) => {
    const context = aNetworkContext({ kubernetes: { version } });
    const text = manifestText([...serverObjects(context), ...triesObjects(context)]);
    expect(parseAllDocuments(text)).toHaveLength(15);
    // The scripts have tests of their own.
    const short = text.replaceAll(/^( {2}(?:serve|try)\.sh): \|\n(?: {4}.*\n|\n)*/gm, '$1: ...\n');
    await expect(short).toMatchFileSnapshot(`reviewed/probes-for-${version}.yaml`);
  });

  it('give the advice for what carries the packets', () => {
    expect(advice({ plugin: 'flannel', encapsulation: 'vxlan' })).toMatch(/UDP port 8472/);
    expect(advice({ plugin: 'calico', encapsulation: 'ipip' })).toMatch(/calico-ipip-blocked/);
    expect(advice({ plugin: 'routes', encapsulation: 'none' })).toMatch(/with the addresses of pods/);
  });
});

describe('the pitfalls', () => {
  /** Lines of articles/003 and of newer releases. */
  it.each([
    [
      'cni-not-configured',
      'Failed to setup network for pod "kube-dns" using network plugins "cni": cni config unintialized; Skipping pod',
    ],
    ['cni-not-configured', 'network plugin is not ready: cni config uninitialized'],
    [
      'flannel-subnet-env',
      'using network plugins \\"cni\\": open /run/flannel/subnet.env: no such file or directory; Skipping pod',
    ],
    ['cni-ip-exhausted', 'no IP addresses available in network: cbr0; Skipping pod'],
    [
      'cni-ip-exhausted',
      'failed to allocate for range 0: no IP addresses available in range set: 10.244.1.1-10.244.1.254',
    ],
    [
      'cni-address-conflict',
      '\\"cni0\\" already has an IP address different from 10.244.1.1/24; Skipping pod',
    ],
    ['flannel-wrong-interface', 'I1228 02:52:22.097083       1 network.go:225] L3 miss: 10.244.1.2'],
    [
      'flannel-wrong-interface',
      'I1228 02:52:55.169952       1 network.go:220] Ignoring not a miss: 46:6c:7a:a6:06:60, 10.244.1.2',
    ],
    [
      'flannel-node-not-found',
      'E1227 04:56:16.579079 1 network.go:106] failed to register network: failed to acquire lease: node "iz25beglnhtz" not found',
    ],
    ['network-cross-node', 'a pod on node1 does not reach the pod on node2: ping 10.244.1.9: no answer'],
    [
      'network-cross-node',
      'the node node1 itself does not reach the pod on node2: TCP port 8080 of 10.244.1.9: no answer',
    ],
  ])('%s is seen in: %s', (id, line) => {
    expect(matchPitfall([line], pitfalls)?.id).toBe(id);
  });
});

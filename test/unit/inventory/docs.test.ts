import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromJSONSchema } from 'zod';
import { inventoryJsonSchema } from '../../../src/inventory/json-schema.js';
import { EVICTION_DEFAULTS } from '../../../src/inventory/kubernetes-settings.js';
import { loadInventory } from '../../../src/inventory/load.js';
import { inventoryReference } from '../../../src/inventory/reference.js';

const root = new URL('../../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');

const example = read('inventory.example.yaml');
/** The second layout, as somebody gets it who follows the comment above it. */
const sixHosts = example
  .slice(example.indexOf('\n# cluster: production'))
  .replaceAll(/^# ?/gm, '')
  .trimStart();

describe('docs', () => {
  it('have the reference page and the JSON Schema of this code (npm run docs)', () => {
    expect(read('docs/inventory.md')).toBe(inventoryReference());
    expect(JSON.parse(read('docs/inventory.schema.json'))).toEqual(inventoryJsonSchema());
  });

  it('describe every key', () => {
    const keys = [...JSON.stringify(inventoryJsonSchema()).matchAll(/"(\w+)":\{"description"/g)].map(
      (match) => match[1],
    );
    expect(keys.length).toBeGreaterThan(40);
    for (const key of keys) expect(inventoryReference()).toMatch(new RegExp(`[\`.]${key}[\`.]`));
  });
});

describe('inventory.example.yaml', () => {
  it('is the two hosts of the articles', async () => {
    const { hosts, docker, kubernetes, ceph } = await load(example);
    expect(hosts.map(({ name, address }) => [name, address])).toEqual([
      ['node1', '10.47.136.60'],
      ['node2', '10.46.181.146'],
    ]);
    expect(docker.dataRoot).toBe('/data/docker');
    expect(hosts.map(({ osds }) => osds)).toEqual([['/data/osd0'], ['/data/osd0']]);
    expect(ceph).toMatchObject({ installer: 'ceph-deploy', poolSize: undefined });
    expect(kubernetes.evictionHard).toEqual({ ...EVICTION_DEFAULTS, 'nodefs.available': '5%' });
  });

  it('has six hosts in its second layout', async () => {
    const { hosts, kubernetes, network, ceph } = await load(sixHosts);
    expect(hosts.map(({ name, address }) => `${name} ${address}`)).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => `node${number} 10.0.0.${10 + number}`),
    );
    expect(hosts[0]?.roles).toEqual(['control-plane', 'mon', 'mgr']);
    expect(hosts[5]?.roles).toEqual(['worker', 'osd', 'mds']);
    expect(hosts.map(({ osds }) => osds.length)).toEqual([0, 0, 0, 2, 2, 2]);
    expect(hosts.map(({ labels }) => labels.get('disk'))).toEqual([
      ...Array.from({ length: 3 }, () => undefined),
      ...Array.from({ length: 3 }, () => 'ssd'),
    ]);
    expect(kubernetes).toMatchObject({ runtime: 'containerd', controlPlaneEndpoint: 'k8s.example.com:6443' });
    expect(network).toMatchObject({ plugin: 'calico', backend: 'vxlan' });
    expect(ceph).toMatchObject({ release: 'reef', source: 'ceph.com', installer: 'packages' });
  });
});

describe('the JSON Schema', () => {
  const schema = fromJSONSchema(inventoryJsonSchema());

  it.each([
    ['two hosts', example],
    ['six hosts', sixHosts],
    [
      'values from outside',
      'cluster: demo\ntimezone: ${env:ZONE}\nhosts: {a: {address: "${env:A}", ssh: {port: "${env:PORT}"}}}\n',
    ],
    ['numbers for texts', 'cluster: demo\nhosts: {a: {address: 10.0.0.1}}\ndocker: {version: 20.10}\n'],
    [
      'values of Kubernetes',
      'cluster: demo\nhosts: {a: {address: 10.0.0.1, labels: {x: ""}, taints: ["a=:NoSchedule"]}}\nkubernetes: {version: 1.30, schedulableControlPlane: true, extraArgs: {apiServer: {v: 2, anonymous-auth: false}}, evictionHard: {nodefs.inodesFree: 1000}, patches: {etcd.yaml: "a:\\n  b"}}\n',
    ],
    ['a jump as text', 'cluster: demo\nssh: {proxyJump: "a,b"}\nhosts: {a: {address: 10.0.0.1}}\n'],
  ])('accepts %s', (_name, text) => {
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
  });

  it.each([
    ['an unknown key', 'cluster: demo\nhosts: {a: {adress: 10.0.0.1}}\n'],
    ['a missing key', 'hosts: {a: {address: 10.0.0.1}}\n'],
    ['a wrong role', 'cluster: demo\nhosts: {a: {address: 10.0.0.1, roles: [nobody]}}\n'],
    ['a wrong port', 'cluster: demo\nhosts: {a: {address: 10.0.0.1, ssh: {port: 70000}}}\n'],
    ['a wrong name', 'cluster: Demo\nhosts: {a: {address: 10.0.0.1}}\n'],
    ['a relative OSD', 'cluster: demo\nhosts: {a: {address: 10.0.0.1, osds: [osd0]}}\n'],
    [
      'an image without a pool',
      'cluster: demo\nhosts: {a: {address: 10.0.0.1}}\nceph: {images: {a: {size: 1G}}}\n',
    ],
    ['a wrong version', 'cluster: demo\nhosts: {a: {address: 10.0.0.1}}\nkubernetes: {version: v1.30}\n'],
    ['a wrong taint', 'cluster: demo\nhosts: {a: {address: 10.0.0.1, taints: ["x=y"]}}\n'],
    [
      'a wrong flag',
      'cluster: demo\nhosts: {a: {address: 10.0.0.1}}\nkubernetes: {schedulableControlPlane: yes}\n',
    ],
    ['a wrong host name', 'cluster: demo\nhosts: {Node1: {address: 10.0.0.1}}\n'],
  ])('refuses %s', (_name, text) => {
    expect(schema.safeParse(parse(text)).success).toBe(false);
  });
});

async function load(text: string) {
  return loadInventory('inventory.yaml', {
    env: { HOME: '/home/operator' },
    readFile: () => Buffer.from(text),
  });
}

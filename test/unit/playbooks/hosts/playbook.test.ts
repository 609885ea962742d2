import { describe, expect, it } from 'vitest';
import { hosts } from '../../../../playbooks/hosts/playbook.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import {
  aHost,
  anInventory,
  dockerSettings,
  factsOf,
  findTask,
  kubernetesSettings,
  playsOn,
  taskIds,
} from '../fixtures.js';

describe('the stage hosts', () => {
  it('has its tasks in this order on a node', () => {
    expect(taskIds(playsOn(hosts, anInventory(), 'node2'))).toEqual({
      preflight: [
        'supported-system',
        'valid-name',
        'address-present',
        'cluster-subnets',
        'disk-space',
        'clock-near',
        'package-sources',
      ],
      base: [
        'host-name',
        'cloud-init-keeps-names',
        'hosts-file-conflicts',
        'hosts-file',
        'names-resolve',
        'apt-proxy',
        'base-packages',
        'swap-off',
        'overlay-module',
        'bridge-module',
        'kernel-settings',
      ],
      time: ['time-zone', 'time-service'],
      clocks: ['clock-agrees'],
      'port-listeners': ['port-listeners'],
      'ports-between-hosts': ['ports-open'],
      'port-listeners-gone': ['port-listeners-closed'],
    });
  });

  it('leaves the kernel alone on hosts without containers, and ports where there is one host', () => {
    const inventory = anInventory({ hosts: [aHost('store1', '10.0.0.21', ['mon', 'osd'])] });
    const ids = taskIds(playsOn(hosts, inventory, 'store1'));
    expect(ids['base']?.slice(-1)).toEqual(['base-packages']);
    expect(Object.keys(ids)).toEqual(['preflight', 'base', 'time', 'clocks']);
  });

  it('has the tasks of what the inventory asks for', () => {
    const inventory = anInventory({
      time: { servers: ['10.0.0.1'], maxSkew: 0.05 },
      packages: { mirror: 'http://mirror.example.com/debian', lockTimeout: 60 },
      docker: { ...dockerSettings, registryMirrors: ['https://registry.example.com'] },
    });
    const ids = taskIds(playsOn(hosts, inventory, 'node2'));
    expect(ids['preflight']).toContain('image-registries');
    expect(ids['base']).toContain('package-mirror');
    expect(ids['time']).toEqual(['time-zone', 'time-servers', 'time-service', 'time-restart']);
  });

  it('checks ports only when every host is in the run', () => {
    const inventory = anInventory();
    const facts = new Map(factsOf(inventory));
    facts.delete('node3');
    expect(Object.keys(taskIds(playsOn(hosts, inventory, 'node1', facts)))).toEqual([
      'preflight',
      'base',
      'time',
      'clocks',
    ]);
  });

  it.each<[Partial<KubernetesSettings>, string | undefined]>([
    [{ version: '1.34' }, 'https://pkgs.k8s.io/core:/stable:/v1.34/deb/InRelease'],
    [
      { version: '1.34.1', repository: 'https://mirror.example.com/k8s' },
      'https://mirror.example.com/k8s/core:/stable:/v1.34/deb/InRelease',
    ],
    [
      { version: '1.7', repository: 'https://mirror.example.com/apt' },
      'https://mirror.example.com/apt/dists/kubernetes-xenial/InRelease',
    ],
    [{ version: '1.20.2', source: 'folder', folder: '/srv/kubernetes' }, undefined],
    [{ version: '1.20.2', source: 'distribution' }, undefined],
  ])('tries the packages of Kubernetes: %j', (changes, url) => {
    const inventory = anInventory({ kubernetes: { ...kubernetesSettings, ...changes } });
    const { check, apply } = findTask(playsOn(hosts, inventory, 'node2'), 'package-sources');
    const text = `${check.source}\n${apply?.source}`;
    if (url === undefined) expect(text).not.toMatch(/pkgs\.k8s\.io|kubernetes-xenial|file:/);
    else expect(text).toContain(url);
  });

  it('changes nothing before its proofs', () => {
    const [preflight] = playsOn(hosts, anInventory(), 'node1');
    for (const { id, apply } of preflight?.tasks ?? []) {
      if (id === 'package-sources') expect(apply?.source).toMatch(/proofs/);
      else expect(apply).toBeUndefined();
    }
  });

  it('puts every host into /etc/hosts with its private address', () => {
    const task = findTask(playsOn(hosts, anInventory(), 'node1'), 'hosts-file');
    expect(task.check.source).toContain("'10.0.0.11\tnode1\n10.0.0.12\tnode2\n10.0.0.13\tnode3'");
  });

  it('gives the password of a proxy to the tasks as a secret only', () => {
    const proxy = { http: 'http://user:hunter2@proxy:3128', https: undefined, noProxy: [] };
    const plays = playsOn(hosts, anInventory({ proxy }), 'node1');
    const scripts = plays.flatMap(({ tasks }) => tasks.flatMap(({ check, apply }) => [check, apply]));
    expect(scripts.filter((script) => script?.source.includes('hunter2'))).toEqual([]);
    expect(plays[1]?.secrets).toEqual({
      'apt-proxy': 'Acquire::http::Proxy "http://user:hunter2@proxy:3128";\n',
    });
    expect(findTask(plays, 'apt-proxy').apply?.source).toContain(' 600 ');
  });
});

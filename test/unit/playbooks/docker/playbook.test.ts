import { describe, expect, it } from 'vitest';
import { docker } from '../../../../playbooks/docker/playbook.js';
import { dockerProxy, noProxy } from '../../../../playbooks/proxy.js';
import type { Inventory } from '../../../../src/inventory/inventory.js';
import { anInventory, dockerSettings, factsOf, findTask, playsOn, taskIds } from '../fixtures.js';

const upstream = anInventory({ docker: { ...dockerSettings, source: 'docker-ce', version: '24.0' } });

describe('the stage docker', () => {
  it('has its tasks in this order', () => {
    expect(taskIds(playsOn(docker, upstream, 'node1'))).toEqual({
      engine: [
        'docker-release',
        'docker-key',
        'docker-repository',
        'docker-proxy',
        'docker-data-root',
        'docker-settings',
        'docker-packages',
        'docker-service',
        'docker-restart',
      ],
      container: ['container-runs'],
    });
  });

  it('concerns the hosts that run containers', () => {
    expect(docker.hosts(anInventory()).map(({ name }) => name)).toEqual(['node1', 'node2', 'node3']);
    const store = anInventory().hosts.map((host) => ({ ...host, roles: ['osd'] as const }));
    expect(docker.hosts(anInventory({ hosts: store }))).toEqual([]);
  });

  it('holds a version that is pinned, and lets the installation start nothing', () => {
    const pinned = findTask(playsOn(docker, upstream, 'node1'), 'docker-packages').apply?.source ?? '';
    expect(pinned).toContain('HOLD=yes');
    expect(pinned).toContain("'docker.service docker.socket'");
    const free = findTask(playsOn(docker, anInventory(), 'node1'), 'docker-packages').apply?.source ?? '';
    expect(free).toContain('HOLD=any');
  });

  it('restarts for the packages only when they bring another version', () => {
    const restart = (installed: string | undefined): string => {
      const runtimes = { docker: installed, containerd: undefined, crio: undefined };
      const facts = factsOf(upstream, { '*': { runtimes } });
      return findTask(playsOn(docker, upstream, 'node1', facts), 'docker-restart').check.source;
    };
    expect(restart('23.0.6')).toContain('docker-packages');
    expect(restart('24.0.7')).not.toContain('docker-packages');
    expect(restart(undefined)).not.toContain('docker-packages');
  });

  it('has no tasks for a host that could not be reached', () => {
    expect(taskIds(playsOn(docker, upstream, 'node1', new Map()))).toEqual({ engine: [], container: [] });
  });
});

describe('the proxy of the engine', () => {
  const inventory: Inventory = anInventory({
    proxy: {
      http: 'http://user:p%40ss@proxy:3128',
      https: 'http://proxy:3128',
      noProxy: ['.example.com', 'node1'],
    },
  });

  it('leaves out every host, this one, the cluster and what the inventory adds', () => {
    expect(noProxy(inventory).join(',')).toBe(
      'localhost,127.0.0.1,::1,node1,10.0.0.11,node2,10.0.0.12,node3,10.0.0.13,api.demo,10.96.0.0/12,10.244.0.0/16,.svc,.cluster.local,.example.com',
    );
  });

  it('is a drop-in in which % is not a specifier', () => {
    expect(dockerProxy(inventory).split('\n').slice(0, 3)).toEqual([
      '[Service]',
      'Environment="HTTP_PROXY=http://user:p%%40ss@proxy:3128"',
      'Environment="HTTPS_PROXY=http://proxy:3128"',
    ]);
    const [engine] = playsOn(docker, inventory, 'node1');
    expect(engine?.secrets).toEqual({ 'docker-proxy': dockerProxy(inventory) });
    expect(findTask(playsOn(docker, inventory, 'node1'), 'docker-proxy').secrets).toEqual(['docker-proxy']);
  });

  it('goes with the setting', () => {
    const task = findTask(playsOn(docker, anInventory(), 'node1'), 'docker-proxy');
    expect(task.check.source).toContain('is of an earlier inventory');
  });
});

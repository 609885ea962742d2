import { describe, expect, it } from 'vitest';
import { noProxy } from '../../../playbooks/proxy.js';
import type { KubernetesSettings } from '../../../src/inventory/kubernetes-settings.js';
import { aHost, anInventory, kubernetesSettings } from './fixtures.js';

function exceptions(changes: Partial<KubernetesSettings>): readonly string[] {
  const inventory = anInventory({ kubernetes: { ...kubernetesSettings, ...changes } });
  const names = new Set([
    'localhost',
    '127.0.0.1',
    '::1',
    ...inventory.hosts.flatMap((h) => [h.name, h.address]),
  ]);
  return noProxy(inventory).filter((each) => !names.has(each));
}

describe('what does not go through the proxy', () => {
  it.each<[Partial<KubernetesSettings>, readonly string[]]>([
    [{}, ['api.demo', '10.96.0.0/12', '10.244.0.0/16', '.svc', '.cluster.local']],
    [
      { podSubnet: '10.1.0.0/16', serviceSubnet: '10.2.0.0/16', dnsDomain: 'k8s.example.com' },
      ['api.demo', '10.2.0.0/16', '10.1.0.0/16', '.svc', '.k8s.example.com'],
    ],
    [
      { controlPlaneEndpoint: 'lb.example.com:443' },
      ['lb.example.com', '10.96.0.0/12', '10.244.0.0/16', '.svc', '.cluster.local'],
    ],
    [
      { controlPlaneEndpoint: '[fd00::1]:443' },
      ['fd00::1', '10.96.0.0/12', '10.244.0.0/16', '.svc', '.cluster.local'],
    ],
  ])('has the networks and the endpoint of the cluster: %j', (changes, expected) => {
    expect(exceptions(changes)).toEqual(expected);
  });

  it('has no endpoint without a cluster', () => {
    expect(noProxy(anInventory({ hosts: [aHost('a', '10.0.0.1', ['docker'])] }))).not.toContain('api.demo');
  });
});

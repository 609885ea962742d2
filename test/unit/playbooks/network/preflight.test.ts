import { describe, expect, it } from 'vitest';
import { preflight } from '../../../../playbooks/network/preflight.js';
import type { NetworkInterface } from '../../../../src/engine/facts.js';
import { aNetworkContext, type Variant } from './context.js';

const PUBLIC = { name: 'eth0', mtu: 1500, addresses: ['203.0.113.7/24'] };

function nics(...interfaces: readonly NetworkInterface[]) {
  return { interfaces: [{ name: 'lo', mtu: 65_536, addresses: ['127.0.0.1/8'] }, ...interfaces] };
}

/** The sentences of the checks that refuse, by task. */
function problems(variant: Variant, host = 0): Readonly<Record<string, string>> {
  const context = aNetworkContext(variant);
  const [...hosts] = context.members.all;
  const tasks = preflight(hosts[host] ?? context.members.first, context);
  return Object.fromEntries(
    tasks.flatMap(({ id, check }) => (check.source === ':' ? [] : [[id, check.source]])),
  );
}

describe('before pods get a network', () => {
  it('nothing is said of three plain hosts', () => {
    expect(problems({})).toEqual({});
    expect(problems({ network: { plugin: 'routes' } })).toEqual({});
    expect(problems({ network: { plugin: 'weave' } })).toEqual({});
  });

  it.each([
    [
      'calico',
      '1.20.2',
      undefined,
      /knows 3\.32\.1 for Kubernetes 1\.34 and newer, .*3\.24\.6 for 1\.21 to 1\.23/,
    ],
    ['calico', '1.30', '3.20.0', /calico 3\.20\.0 for Kubernetes 1\.30/],
    ['cilium', '1.34', undefined, /1\.9\.18 for 1\.16 to 1\.21/],
    ['flannel', '1.20.2', '0.28.9', /0\.19\.2 for 1\.16 to 1\.24, 0\.28\.9 for Kubernetes 1\.25 and newer/],
  ] as const)('%s for %s is refused with what there is', (plugin, kubernetes, version, sentence) => {
    const found = problems({ network: { plugin, version }, kubernetes: { version: kubernetes } });
    expect(Object.keys(found)).toEqual(['network-release']);
    expect(found['network-release']).toMatch(sentence);
  });

  it('a backend that the plugin does not have, and IPv6, are refused', () => {
    expect(problems({ network: { plugin: 'routes', backend: 'vxlan' } })['network-release']).toMatch(
      /routes does not have\. It has no such choice/,
    );
    expect(problems({ network: { backend: 'ipip' } })['network-release']).toMatch(
      /It has vxlan, host-gw, udp\./,
    );
    expect(problems({ kubernetes: { podSubnet: 'fd00::/56' } })['network-release']).toMatch(
      /pod networks of IPv4/,
    );
  });

  it('an old flannel is refused on other processors', () => {
    const variant = { kubernetes: { version: '1.7.16' }, facts: { '*': { architecture: 'aarch64' } } };
    expect(problems(variant)['network-release']).toMatch(/is for x86_64, and node1 is aarch64/);
  });

  it('the private address must be on an interface', () => {
    const found = problems({ facts: { node1: nics(PUBLIC) } });
    expect(Object.keys(found)).toEqual(['network-interface']);
    expect(found['network-interface']).toMatch(
      /No interface of node1 holds 10\.0\.0\.11, .*eth0 has 203\.0\.113\.7\/24/,
    );
  });

  it('packets must fit, with what the plugin adds', () => {
    expect(problems({ network: { mtu: 1450 } })).toEqual({});
    expect(problems({ network: { mtu: 1451 } })['network-mtu']).toMatch(
      /eth0 of node1 carries packets of 1500 bytes, of which vxlan takes 50: .*Set it to 1450 or less/,
    );
    expect(problems({ network: { mtu: 1500, plugin: 'routes' } })).toEqual({});
    expect(
      problems({
        network: { mtu: 1480, plugin: 'calico', backend: 'ipip' },
        kubernetes: { version: '1.34' },
      }),
    ).toEqual({});
  });

  it('interfaces of different sizes need one size for all', () => {
    const facts = { node2: nics(PUBLIC, { name: 'eth1', mtu: 9000, addresses: ['10.0.0.12/24'] }) };
    expect(problems({ facts })['network-mtu']).toMatch(
      /node1 eth0 1500, node2 eth1 9000, node3 eth0 1500.*Set network\.mtu to 1450/,
    );
    expect(problems({ facts, network: { mtu: 1450 } })).toEqual({});
  });

  it('routes need one subnet, vxlan does not', () => {
    const facts = { node3: nics({ name: 'eth0', mtu: 1500, addresses: ['10.0.0.13/28'] }) };
    expect(problems({ facts })).toEqual({});
    for (const network of [{ plugin: 'routes' }, { backend: 'host-gw' }] as const) {
      expect(problems({ facts, network })['network-one-subnet']).toMatch(
        /node1 in 10\.0\.0\.0\/24, node2 in 10\.0\.0\.0\/24, node3 in 10\.0\.0\.0\/28/,
      );
    }
  });
});

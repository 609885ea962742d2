import { describe, expect, it } from 'vitest';
import { compatibilityRules } from '../../../src/inventory/compatibility.js';
import { loadInventory } from '../../../src/inventory/load.js';

const one = 'node1: {address: 10.0.0.11}';

/** For each rule: inventories that break it (what follows `hosts`, and the rest), and one that keeps it. */
const cases: Readonly<Record<string, { breaks: readonly string[]; keeps: readonly string[] }>> = {
  'jump-through-itself': {
    breaks: [
      'hosts: {a: {address: 10.0.0.1, ssh: {proxyJump: a}}}',
      'hosts: {a: {address: 10.0.0.1}}\nssh: {proxyJump: "ops@10.0.0.1:22"}',
      'hosts: {a: {address: "fd00::1"}}\nssh: {proxyJump: "ops@[fd00::1]"}',
      'hosts: {a: {address: 10.0.0.1, ssh: {host: gate, port: 2222}}}\nssh: {proxyJump: "x,gate:2222"}',
    ],
    keeps: [
      'hosts: {a: {address: 10.0.0.1, ssh: {proxyJump: []}}, b: {address: 10.0.0.2}}\nssh: {proxyJump: 10.0.0.1}',
      'hosts: {a: {address: 10.0.0.1, ssh: {host: gate, port: 2222}}}\nssh: {proxyJump: gate}',
    ],
  },
  'mixed-address-families': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon]}, b: {address: "fd00::2", roles: [osd]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [mon]}, b: {address: "fd00::2", roles: [docker]}}'],
  },
  'worker-without-control-plane': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [worker]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [worker, control-plane]}}'],
  },
  'ceph-without-monitor': {
    breaks: [
      'hosts: {a: {address: 10.0.0.1, roles: [osd]}}',
      'hosts: {a: {address: 10.0.0.1, roles: [mgr]}}',
    ],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [osd]}, b: {address: 10.0.0.2, roles: [mon]}}'],
  },
  'mds-without-osd': {
    breaks: ['hosts: {a: {address: 10.0.0.1, roles: [mon, mds]}}'],
    keeps: ['hosts: {a: {address: 10.0.0.1, roles: [mon, mds, osd]}}'],
  },
  'proxy-without-address': {
    breaks: [`hosts: {${one}}\nproxy: {noProxy: [.example.com]}`, `hosts: {${one}}\nproxy:`],
    keeps: [`hosts: {${one}}\nproxy: {https: "http://proxy:3128"}`],
  },
  'repository-of-the-distribution': {
    breaks: [`hosts: {${one}}\ndocker: {repository: "https://mirror.example.com"}`],
    keeps: [`hosts: {${one}}\ndocker: {source: docker-ce, repository: "https://mirror.example.com"}`],
  },
  'docker-ce-version-from-distribution': {
    breaks: ['5:24.0', '17.03.0~ce', '5:20.10.21~3-0~debian-bookworm'].map(
      (version) => `hosts: {${one}}\ndocker: {version: "${version}"}`,
    ),
    keeps: [
      `hosts: {${one}}\ndocker: {version: 20.10}`,
      `hosts: {${one}}\ndocker: {source: docker-ce, version: "5:24.0"}`,
    ],
  },
  'docker-ce-before-17.03': {
    breaks: ['1.12.6', '17.02', '5:1.13'].map(
      (version) => `hosts: {${one}}\ndocker: {source: docker-ce, version: "${version}"}`,
    ),
    keeps: ['17.03', '17.03.2~ce', '5:24.0', '17'].map(
      (version) => `hosts: {${one}}\ndocker: {source: docker-ce, version: "${version}"}`,
    ),
  },
  'docker-before-daemon-json': {
    breaks: ['1.11.2', '1.6'].map((version) => `hosts: {${one}}\ndocker: {version: "${version}"}`),
    keeps: ['1.12', '1.12.6', '1.13', '17.03'].map(
      (version) => `hosts: {${one}}\ndocker: {version: "${version}"}`,
    ),
  },
};

describe.each(compatibilityRules)('$id', ({ id, works }) => {
  it.each(cases[id]?.breaks ?? ['(no case)'])('refuses %j', async (text) => {
    await expect(load(text)).rejects.toMatchObject({
      code: 'INVENTORY_INVALID',
      message: expect.stringMatching(
        new RegExp(`^inventory\\.yaml:\\d+:\\d+: .*\\(${id.replaceAll('.', '\\.')}\\)$`, 'm'),
      ),
    });
    await expect(load(text)).rejects.toMatchObject({ message: expect.stringContaining(`allowed: ${works}`) });
  });

  it.each(cases[id]?.keeps ?? ['(no case)'])('accepts %j', async (text) => {
    await expect(load(text)).resolves.toBeDefined();
  });
});

async function load(text: string): Promise<unknown> {
  return loadInventory('inventory.yaml', {
    env: {},
    readFile: () => Buffer.from(`cluster: demo\n${text}\n`),
  });
}

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AWKS } from '../../../support/programs.js';

/** A manifest with our settings, by each awk. */
function settle(plugin: string, manifest: string, settings: Readonly<Record<string, string>>) {
  const program = readFileSync(
    new URL(`../../../../playbooks/network/fetched/${plugin}.awk`, import.meta.url),
    'utf8',
  );
  const words = Object.entries(settings).flatMap(([name, value]) => ['-v', `${name}=${value}`]);
  const [one, ...others] = AWKS.map(([command = '', ...first]) => {
    const { status, stdout, stderr } = spawnSync(command, [...first, ...words, program], {
      input: manifest,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  });
  for (const other of others) expect(other).toEqual(one);
  return one ?? { status: -1, stdout: '', stderr: '' };
}

/** The places of calico's manifest where settings stand, in its own indentation. */
const CALICO = `data:
  calico_backend: "bird"
  veth_mtu: "0"
        - name: install-cni
          image: quay.io/calico/cni:v3.32.1
        - name: calico-node
          image: quay.io/calico/node:v3.32.1
          env:
            - name: IP
              value: "autodetect"
            # Enable IPIP
            - name: CALICO_IPV4POOL_IPIP
              value: "Always"
            - name: CALICO_IPV4POOL_VXLAN
              value: "Never"
            - name: CALICO_IPV6POOL_VXLAN
              value: "Never"
            # - name: CALICO_IPV4POOL_CIDR
            #   value: "192.168.0.0/16"
          livenessProbe:
            exec:
              command:
                - /bin/calico-node
                - -felix-live
                - -bird-live
`;

describe('the settings in a manifest of another project', () => {
  it('calico by vxlan, from a mirror', () => {
    const made = settle('calico', CALICO, {
      pool: '10.244.0.0/16',
      mtu: '1400',
      mode: 'vxlan',
      repository: 'registry.example.com:5000/calico',
      version: '3.32.1',
    });
    expect(made).toEqual({
      status: 0,
      stderr: '',
      stdout: `data:
  calico_backend: "vxlan"
  veth_mtu: "1400"
        - name: install-cni
          image: registry.example.com:5000/calico/cni:v3.32.1
        - name: calico-node
          image: registry.example.com:5000/calico/node:v3.32.1
          env:
            - name: IP
              value: "autodetect"
            - name: IP_AUTODETECTION_METHOD
              value: "kubernetes-internal-ip"
            # Enable IPIP
            - name: CALICO_IPV4POOL_IPIP
              value: "Never"
            - name: CALICO_IPV4POOL_VXLAN
              value: "Always"
            - name: CALICO_IPV6POOL_VXLAN
              value: "Never"
            - name: CALICO_IPV4POOL_CIDR
              value: "10.244.0.0/16"
          livenessProbe:
            exec:
              command:
                - /bin/calico-node
                - -felix-live
`,
    });
  });

  it('calico by ipip keeps its router', () => {
    const { stdout } = settle('calico', CALICO, {
      pool: '10.32.0.0/16',
      mtu: '0',
      mode: 'ipip',
      repository: '',
    });
    expect(stdout).toContain('calico_backend: "bird"');
    expect(stdout).toContain('- -bird-live');
    expect(stdout).toContain('CALICO_IPV4POOL_IPIP\n              value: "Always"');
    expect(stdout).toContain('image: quay.io/calico/node:v3.32.1');
  });

  it('weave gets a version in place of the newest', () => {
    const manifest = `          initContainers:
            - name: weave-init
              image: 'weaveworks/weave-kube:latest'
              imagePullPolicy: Always
              command:
                - /home/weave/init.sh
              env:
          containers:
            - name: weave
              command:
                - /home/weave/launch.sh
              env:
                - name: HOSTNAME
            - name: weave-npc
              env:
                - name: HOSTNAME
              image: 'weaveworks/weave-npc:latest'
`;
    const { status, stdout } = settle('weave', manifest, {
      pool: '10.244.0.0/16',
      mtu: '1376',
      version: '2.8.1',
      repository: '',
    });
    expect(status).toBe(0);
    expect(stdout).not.toContain('latest');
    expect(stdout).not.toContain('Always');
    expect(stdout).toContain(`                - /home/weave/launch.sh
              env:
                - name: IPALLOC_RANGE
                  value: "10.244.0.0/16"
                - name: WEAVE_MTU
                  value: "1376"
                - name: HOSTNAME
`);
    expect(stdout.match(/IPALLOC_RANGE/g)).toHaveLength(1);
  });

  it('cilium gets its pool', () => {
    const manifest = `  tunnel: vxlan
  cluster-pool-ipv4-cidr: "10.0.0.0/8"
        image: "quay.io/cilium/cilium:v1.9.18"
        image: "quay.io/cilium/operator-generic:v1.9.18"
`;
    const { stdout } = settle('cilium', manifest, {
      pool: '10.244.0.0/16',
      mtu: '1450',
      repository: 'r.example.com/c',
    });
    expect(stdout).toBe(`  tunnel: vxlan
  mtu: "1450"
  cluster-pool-ipv4-cidr: "10.244.0.0/16"
        image: "r.example.com/c/cilium:v1.9.18"
        image: "r.example.com/c/operator-generic:v1.9.18"
`);
  });

  it.each(['calico', 'weave', 'cilium'])('a manifest of another kind than %s has is refused', (plugin) => {
    const { status, stderr } = settle(plugin, 'kind: List\n', {
      pool: '10.244.0.0/16',
      mtu: '0',
      mode: 'vxlan',
      repository: '',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`${plugin}.awk: `);
  });
});

import { describe, expect, it } from 'vitest';
import { initConfig } from '../../../../playbooks/kubernetes/kubeadm/init-config.js';
import { joinConfig } from '../../../../playbooks/kubernetes/kubeadm/join-config.js';
import { initFlags } from '../../../../playbooks/kubernetes/kubeadm/old-flags.js';
import type { KubernetesContext } from '../../../../playbooks/kubernetes/context.js';
import type { Joining } from '../../../../playbooks/kubernetes/nodes/joining.js';
import type { Host } from '../../../../src/inventory/inventory.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { aContext, THREE } from './context.js';

const JOINING: Joining = {
  token: 'abcdef.0123456789abcdef',
  caCertHash: `sha256:${'1f'.repeat(32)}`,
  certificateKey: 'e6'.repeat(32),
};
/** Before 1.9, kubeadm does not tell the hash. */
const WITHOUT_HASH: Joining = { ...JOINING, caCertHash: undefined, certificateKey: undefined };

/** Everything that can be set. */
const FULL: Partial<KubernetesSettings> = {
  imageRepository: 'registry.example.com/k8s',
  controlPlaneEndpoint: 'k8s.example.com',
  podSubnet: '10.100.0.0/16',
  serviceSubnet: '10.200.0.0/16',
  dnsDomain: 'k8s.local',
  certificateNames: ['api.example.com', '203.0.113.7'],
  extraArgs: {
    apiServer: new Map([['service-node-port-range', '80-32767']]),
    controllerManager: new Map([['node-monitor-grace-period', '20s']]),
    scheduler: new Map([['v', '2']]),
    etcd: new Map([['heartbeat-interval', '250']]),
    kubelet: new Map([['v', '3']]),
  },
  evictionHard: {
    'memory.available': '200Mi',
    'nodefs.available': '5%',
    'nodefs.inodesFree': '5%',
    'imagefs.available': '10%',
    'imagefs.inodesFree': '5%',
  },
  kubeletConfig: new Map([
    ['maxPods', '60'],
    ['serializeImagePulls', 'false'],
    ['evictionSoft.memory.available', '300Mi'],
    ['evictionSoftGracePeriod.memory.available', '1m'],
    ['featureGates.RotateKubeletServerCertificate', 'true'],
  ]),
  proxyConfig: new Map([
    ['conntrack.maxPerCore', '0'],
    ['conntrack.min', '0'],
    ['conntrack.tcpEstablishedTimeout', '0s'],
    ['mode', 'iptables'],
  ]),
  patches: new Map([['kube-apiserver+merge.yaml', 'metadata: {}\n']]),
};

/** Before 1.8, kubeadm has one registry. */
const OLD_IMAGES = { imageRepository: undefined };

const host = ({ inventory }: KubernetesContext, name: string): Host => {
  const found = inventory.hosts.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no host ${name}`);
  return found;
};
const expected = (name: string): string => `./expected/${name}`;

describe('what kubeadm is told when a cluster begins', () => {
  it.each([
    '1.7.5',
    '1.10.13',
    '1.11.10',
    '1.12.10',
    '1.13.12',
    '1.20.2',
    '1.22.17',
    '1.24.17',
    '1.31.4',
    '1.35.9',
    '1.36.4',
    '1.37.1',
  ])('by kubeadm %s, on one control plane that also works', async (version) => {
    const context = aContext({ version });
    await expect(initConfig(context.members.first, context)).toMatchFileSnapshot(
      expected(`${version}/init.yaml`),
    );
  });

  it.each(['1.7.5', '1.10.13', '1.11.10', '1.13.12', '1.20.2', '1.24.17', '1.31.4', '1.37.1'])(
    'by kubeadm %s, with everything that can be set',
    async (version) => {
      const context = aContext({ ...FULL, version, ...(version === '1.7.5' ? OLD_IMAGES : {}) });
      await expect(initConfig(context.members.first, context)).toMatchFileSnapshot(
        expected(`${version}/init-full.yaml`),
      );
    },
  );

  it.each(['1.20.2', '1.24.17', '1.31.4', '1.37.1'])(
    'by kubeadm %s, on the first of three control planes that do not work',
    async (version) => {
      const context = aContext({ version }, { hosts: THREE });
      await expect(initConfig(context.members.first, context)).toMatchFileSnapshot(
        expected(`${version}/init-three.yaml`),
      );
    },
  );

  it('by flags in 1.5', async () => {
    const text = (settings: Partial<KubernetesSettings>): string =>
      `${['kubeadm init', ...initFlags(aContext({ version: '1.5.1', ...settings }))].join(' \\\n  ')}\n`;
    await expect(text({})).toMatchFileSnapshot(expected('1.5.1/init.txt'));
    await expect(text({ ...FULL, ...OLD_IMAGES })).toMatchFileSnapshot(expected('1.5.1/init-full.txt'));
    expect(initFlags(aContext({ version: '1.5' })).join(' ')).not.toContain('version');
  });

  it('has no configuration in 1.5', () => {
    const context = aContext({ version: '1.5.1' });
    expect(() => initConfig(context.members.first, context)).toThrow('kubeadm 1.5 takes flags');
  });

  it('leaves a control plane that does not work its usual taint, and adds its own', () => {
    const [first, ...rest] = THREE;
    if (first === undefined) throw new Error('no host');
    const hosts = [{ ...first, taints: ['dedicated=infra:NoExecute'] }, ...rest];
    const context = aContext({ version: '1.24.17' }, { hosts });
    expect(initConfig(context.members.first, context)).toContain(`  taints:
    - key: node-role.kubernetes.io/control-plane
      effect: NoSchedule
    - key: node-role.kubernetes.io/master
      effect: NoSchedule
    - key: dedicated
      value: infra
      effect: NoExecute
`);
  });

  it('names the containers of the release that is installed, wherever that is known', () => {
    const version = (context: KubernetesContext): string | undefined =>
      /^kubernetesVersion: (.*)$/m.exec(initConfig(context.members.first, context))?.[1];
    const facts = { packages: { kubelet: '1.34.2-1.1' } };
    const outputs = { 'kubernetes-version': 'v1.34.3\n' };
    expect(version(aContext({ version: '1.34' }))).toBe('stable-1.34');
    expect(version(aContext({ version: '1.34' }, { facts }))).toBe('v1.34.2');
    expect(version(aContext({ version: '1.34' }, { facts, outputs }))).toBe('v1.34.3');
    expect(version(aContext({ version: '1.34.1' }, { facts, outputs }))).toBe('v1.34.1');
  });

  it('calls the API server by the names by which operators reach it', () => {
    const [first, ...rest] = aContext({}).inventory.hosts;
    if (first === undefined) throw new Error('no host');
    const withName = (name: string): string => {
      const context = aContext({}, { hosts: [{ ...first, ssh: { ...first.ssh, host: name } }, ...rest] });
      return initConfig(context.members.first, context);
    };
    expect(withName('198.51.100.4')).toContain('    - 198.51.100.4\n');
    expect(withName('node1.example.com')).toContain('    - node1.example.com\n');
    expect(withName('my_alias')).not.toContain('my_alias');
  });
});

describe('what kubeadm is told on a host that joins', () => {
  it.each(['1.5.1', '1.7.5'])('a worker, by kubeadm %s', async (version) => {
    const context = aContext({ version });
    await expect(joinConfig(host(context, 'node2'), context, WITHOUT_HASH)).toMatchFileSnapshot(
      expected(`${version}/join.yaml`),
    );
  });

  it.each([
    '1.10.13',
    '1.11.10',
    '1.12.10',
    '1.13.12',
    '1.20.2',
    '1.22.17',
    '1.24.17',
    '1.31.4',
    '1.35.9',
    '1.36.4',
    '1.37.1',
  ])('a worker, by kubeadm %s', async (version) => {
    const context = aContext({ version });
    await expect(joinConfig(host(context, 'node2'), context, JOINING)).toMatchFileSnapshot(
      expected(`${version}/join.yaml`),
    );
  });

  it.each(['1.20.2', '1.31.4'])(
    'a worker with a taint, through a load balancer, by kubeadm %s',
    async (version) => {
      const context = aContext({ ...FULL, version }, { hosts: THREE });
      await expect(joinConfig(host(context, 'gpu1'), context, JOINING)).toMatchFileSnapshot(
        expected(`${version}/join-taint.yaml`),
      );
    },
  );

  it.each(['1.20.2', '1.24.17', '1.31.4', '1.37.1'])('a control plane, by kubeadm %s', async (version) => {
    const context = aContext({ version }, { hosts: THREE });
    await expect(joinConfig(host(context, 'cp2'), context, JOINING)).toMatchFileSnapshot(
      expected(`${version}/join-control-plane.yaml`),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { containerdConfig } from '../../../../playbooks/kubernetes/runtime/containerd-config.js';
import { criDockerdDropIn } from '../../../../playbooks/kubernetes/runtime/cri-dockerd.js';
import { crictlYaml } from '../../../../playbooks/kubernetes/runtime/crictl.js';
import { containerdVersion, runtimeProblem } from '../../../../playbooks/kubernetes/runtime/problem.js';
import { registryHosts } from '../../../../playbooks/kubernetes/runtime/registries.js';
import { runtimeSecrets, runtimeTasks } from '../../../../playbooks/kubernetes/runtime/tasks.js';
import type { HostFacts } from '../../../../src/engine/facts.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { dockerSettings, someFacts } from '../fixtures.js';
import { aContext } from './context.js';

const expected = (name: string): string => `./expected/runtime/${name}`;
const runtimes = (containerd: string | undefined, docker?: string) => ({
  runtimes: { docker, containerd, crio: undefined },
});
const proxy = { http: undefined, https: 'http://user:secret@proxy:3128', noProxy: [] };

describe('the configuration of containerd', () => {
  it.each([1, 2] as const)('%d', async (major) => {
    const text = containerdConfig(major, {
      sandboxImage: 'registry.k8s.io/pause:3.10.1',
      cgroupDriver: 'systemd',
    });
    await expect(text).toMatchFileSnapshot(expected(`containerd-${major}.toml`));
  });

  it('has the image and the driver that kubelet has', () => {
    const apply = (settings: Partial<KubernetesSettings>, containerd: string | undefined): string => {
      const context = aContext(
        { runtime: 'containerd', ...settings },
        {
          facts: runtimes(containerd),
          inventory: { docker: { ...dockerSettings, cgroupDriver: 'cgroupfs' } },
        },
      );
      const task = runtimeTasks(context.members.first, context).find(
        ({ id }) => id === 'kubernetes-containerd-config',
      );
      return task?.apply?.source ?? '';
    };
    expect(apply({ version: '1.20.2' }, '1.6.20')).toContain('sandbox_image = "k8s.gcr.io/pause:3.2"');
    expect(apply({ version: '1.37.1', imageRepository: 'r.example.com/k8s' }, '2.1.4')).toContain(
      'sandbox = "r.example.com/k8s/pause:3.10.2"',
    );
    expect(apply({ version: '1.37.1' }, '2.1.4')).toContain('SystemdCgroup = false');
    const both = apply({ version: '1.34.1' }, undefined);
    expect(both).toContain('version = 2');
    expect(both).toContain('version = 3');
  });

  it.each([
    ['insecure.txt', { insecureRegistries: ['hub.example.com:31777', '10.0.0.0/8'] }],
    [
      'mirrors.txt',
      {
        registryMirrors: ['https://mirror.example.com', 'https://hub.example.com:31777'],
        insecureRegistries: ['hub.example.com:31777'],
      },
    ],
  ] as const)('tells of registries what Docker is told: %s', async (name, docker) => {
    const hosts = [...registryHosts({ ...dockerSettings, ...docker })];
    const text = hosts.map(([registry, content]) => `--- ${registry}\n${content}`).join('');
    await expect(text).toMatchFileSnapshot(expected(name));
  });
});

describe('the other runtimes', () => {
  it('cri-dockerd knows the network plugins and the image of the sandbox', async () => {
    await expect(criDockerdDropIn('registry.k8s.io/pause:3.10.1')).toMatchFileSnapshot(
      expected('cri-docker.conf'),
    );
  });

  it('crictl asks the runtime of kubelet', async () => {
    await expect(crictlYaml('/run/containerd/containerd.sock')).toMatchFileSnapshot(expected('crictl.yaml'));
    expect(crictlYaml('unix:///run/cri-dockerd.sock')).toContain(
      'runtime-endpoint: unix:///run/cri-dockerd.sock\n',
    );
  });
});

describe('the tasks of the runtime', () => {
  const ids = (settings: Partial<KubernetesSettings>, facts: Partial<HostFacts> = {}) => {
    const docker = { ...dockerSettings, insecureRegistries: ['hub.example.com:31777'] };
    const context = aContext(settings, { facts, inventory: { docker } });
    return runtimeTasks(context.members.first, context).map(({ id }) => id);
  };

  it('are a proof with Docker', () => {
    expect(ids({ version: '1.20.2' })).toEqual(['kubernetes-runtime', 'kubernetes-cgroup-driver']);
  });

  it('configure containerd, and start it anew before images are fetched', () => {
    expect(ids({ version: '1.34.1' })).toEqual([
      'kubernetes-runtime',
      'kubernetes-containerd-config',
      'kubernetes-containerd-proxy',
      'kubernetes-registry-hub-example-com-31777',
      'kubernetes-registries',
      'kubernetes-containerd-service',
      'kubernetes-containerd',
      'kubernetes-crictl',
    ]);
    expect(ids({ version: '1.34.1' }, runtimes('1.6.20'))).toEqual(ids({ version: '1.34.1' }));
  });

  it('put cri-dockerd between', () => {
    expect(ids({ version: '1.34.1', runtime: 'cri-dockerd' })).toEqual([
      'kubernetes-runtime',
      'kubernetes-cgroup-driver',
      'kubernetes-cri-dockerd-package',
      'kubernetes-cri-dockerd-settings',
      'kubernetes-cri-dockerd-socket',
      'kubernetes-cri-dockerd-service',
      'kubernetes-cri-dockerd',
      'kubernetes-crictl',
    ]);
  });

  it('are none on a host that could not be reached', () => {
    const context = aContext({});
    expect(runtimeTasks(context.members.first, { ...context, facts: new Map() })).toEqual([]);
  });

  it('keep the proxy, which may have a password, a secret', () => {
    const of = (settings: Partial<KubernetesSettings>, inventory: object = { proxy }) =>
      Object.keys(runtimeSecrets(aContext(settings, { inventory })));
    expect(of({ version: '1.34.1' })).toEqual(['kubernetes-containerd-proxy']);
    expect(of({ version: '1.34.1' }, {})).toEqual([]);
    expect(of({ version: '1.20.2' })).toEqual([]);
  });
});

describe('what does not go together', () => {
  it.each([
    ['containerd', 20, { containerd: '1.4.13' }, 'older than 1.5'],
    ['containerd', 26, { containerd: '1.5.9' }, 'speaks CRI v1'],
    ['containerd', 36, { containerd: '1.7.24' }, 'needs containerd 2'],
    ['docker', 20, { docker: '29.0.1' }, 'speaks no API before 1.44'],
  ] as const)('%s with 1.%d: %o', (runtime, minor, versions, text) => {
    const all = { docker: undefined, containerd: undefined, ...versions };
    expect(runtimeProblem({ runtime, minor }, all)).toContain(text);
  });

  it.each([
    ['containerd', 20, { containerd: '1.6.20' }],
    ['containerd', 35, { containerd: '1.7.24' }],
    ['containerd', 37, { containerd: '2.1.4' }],
    ['containerd', 37, {}],
    ['docker', 20, { docker: '20.10.24', containerd: '1.4.13' }],
    ['docker', 20, {}],
    ['cri-dockerd', 34, { docker: '29.0.1' }],
  ] as const)('but %s with 1.%d: %o', (runtime, minor, versions) => {
    const all = { docker: undefined, containerd: undefined, ...versions };
    expect(runtimeProblem({ runtime, minor }, all)).toBeUndefined();
  });

  it('is known before Docker of the distribution is installed', () => {
    const version = (facts: Partial<HostFacts>, source: 'distribution' | 'docker-ce' = 'distribution') =>
      containerdVersion({ source }, someFacts('10.0.0.11', facts));
    expect(version({})).toBe('1.6');
    expect(version(runtimes('1.7.2'))).toBe('1.7.2');
    expect(version({}, 'docker-ce')).toBeUndefined();
    const noble = { id: 'ubuntu', version: '24.04', codename: 'noble', like: ['debian'] };
    expect(version({ os: noble })).toBeUndefined();
  });
});

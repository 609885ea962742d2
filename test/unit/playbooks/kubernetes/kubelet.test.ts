import { describe, expect, it } from 'vitest';
import { kubeletConfiguration } from '../../../../playbooks/kubernetes/kubelet/configuration.js';
import { dropInContent, dropInPath } from '../../../../playbooks/kubernetes/kubelet/drop-in.js';
import type { KubernetesSettings } from '../../../../src/inventory/kubernetes-settings.js';
import { dockerSettings, kubernetesSettings } from '../fixtures.js';
import { aContext } from './context.js';

const noArgs = kubernetesSettings.extraArgs;

describe("kubelet's flags", () => {
  it.each(['1.5.1', '1.7.5', '1.10.13', '1.11.10', '1.20.2', '1.37.1'])('of %s', async (version) => {
    const context = aContext({ version });
    const text = `# ${dropInPath(context)}\n${dropInContent(context.members.first, context)}`;
    await expect(text).toMatchFileSnapshot(`./expected/${version}/kubelet.conf`);
  });

  it('before 1.11 say where DNS and images are, and all thresholds', () => {
    const text = content({
      version: '1.10.13',
      serviceSubnet: '10.200.128.0/17',
      dnsDomain: 'k8s.local',
      imageRepository: 'registry.example.com/k8s',
      evictionHard: { ...kubernetesSettings.evictionHard, 'nodefs.available': '5%' },
    });
    expect(text).toContain('--cluster-dns=10.200.128.10 --cluster-domain=k8s.local ');
    expect(text).toContain('--pod-infra-container-image=registry.example.com/k8s/pause-amd64:3.1"');
    expect(text).toContain(
      '--eviction-hard=memory.available<100Mi,nodefs.available<5%%,nodefs.inodesFree<5%%,imagefs.available<15%%,imagefs.inodesFree<5%% ',
    );
  });

  it('are words, whatever is in them', () => {
    const kubelet = new Map([
      ['node-labels', 'a="b"'],
      ['v', '3'],
      ['note', 'two words 10%'],
    ]);
    expect(content({ version: '1.20.2', extraArgs: { ...noArgs, kubelet } })).toContain(
      `KUBELET_EXTRA_ARGS="--node-ip=10.0.0.11 --node-labels=a=\\"b\\" --v=3 '--note=two words 10%'"`,
    );
  });

  it('of the inventory win over ours', () => {
    const kubelet = new Map([['node-ip', '10.9.9.9']]);
    const text = content({ version: '1.20.2', extraArgs: { ...noArgs, kubelet } });
    expect(text).toContain('"--node-ip=10.9.9.9"');
  });

  function content(settings: Partial<KubernetesSettings>): string {
    const context = aContext(settings);
    return dropInContent(context.members.first, context);
  }
});

describe("kubelet's configuration", () => {
  const configuration = (kubeletConfig: Readonly<Record<string, string>>) =>
    kubeletConfiguration(
      { ...kubernetesSettings, kubeletConfig: new Map(Object.entries(kubeletConfig)) },
      { ...dockerSettings, cgroupDriver: 'cgroupfs' },
    );

  it('has the cgroup driver of the runtime and every threshold', () => {
    expect(configuration({})).toEqual({
      cgroupDriver: 'cgroupfs',
      evictionHard: {
        'memory.available': '100Mi',
        'nodefs.available': '10%',
        'nodefs.inodesFree': '5%',
        'imagefs.available': '15%',
        'imagefs.inodesFree': '5%',
      },
    });
  });

  it('has the types of YAML, and objects for dots', () => {
    expect(
      configuration({
        maxPods: '60',
        failSwapOn: 'false',
        'memorySwap.swapBehavior': 'LimitedSwap',
        'authentication.anonymous.enabled': 'false',
        'authentication.webhook.enabled': 'true',
        clusterDNS: '[10.96.0.10]',
        imageGCHighThresholdPercent: '85',
        'evictionSoft.memory.available': '300',
        'evictionHard.nodefs.available': '3%',
        odd: '[',
      }),
    ).toMatchObject({
      maxPods: 60,
      failSwapOn: false,
      memorySwap: { swapBehavior: 'LimitedSwap' },
      authentication: { anonymous: { enabled: false }, webhook: { enabled: true } },
      clusterDNS: ['10.96.0.10'],
      imageGCHighThresholdPercent: 85,
      evictionSoft: { 'memory.available': '300' },
      evictionHard: { 'nodefs.available': '3%', 'memory.available': '100Mi' },
      odd: '[',
    });
  });
});

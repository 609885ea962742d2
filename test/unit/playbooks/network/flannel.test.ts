import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { flannelObjects } from '../../../../playbooks/network/flannel/manifests.js';
import { FLANNEL_RELEASES, flannelRelease } from '../../../../playbooks/network/flannel/releases.js';
import { manifestText } from '../../../../playbooks/network/manifest-text.js';
import { aNetworkContext, type Variant } from './context.js';

/** The whole manifest as the API server is given it. */
function manifestOf(variant: Variant): string {
  const context = aNetworkContext(variant);
  const release = flannelRelease(context.release.minor, context.settings.version);
  if (release === undefined) throw new Error('no such flannel');
  return manifestText(flannelObjects(context, release));
}

describe('flannel', () => {
  it('has one release for every minor of Kubernetes', () => {
    for (let minor = 5; minor < 60; minor += 1) {
      const fitting = FLANNEL_RELEASES.filter(({ from, to }) => from <= minor && minor <= to);
      expect([minor, fitting.length]).toEqual([minor, 1]);
    }
    expect(flannelRelease(20, '0.28.9')).toBeUndefined();
    expect(flannelRelease(20, '0.19.2')?.version).toBe('0.19.2');
  });

  it.each(['1.5.1', '1.6.7', '1.7.16', '1.11.3', '1.20.2', '1.34', '1.37'])(
    'for Kubernetes %s is as reviewed',
    async (version) => {
      await expect(manifestOf({ kubernetes: { version } })).toMatchFileSnapshot(
        `reviewed/flannel-for-${version}.yaml`,
      );
    },
  );

  it('has only what each version knows', () => {
    const kinds = (version: string) =>
      (
        parseAllDocuments(manifestOf({ kubernetes: { version } })) as { toJS: () => Record<string, string> }[]
      ).map((each) => {
        const { apiVersion, kind } = each.toJS();
        return `${apiVersion ?? ''} ${kind ?? ''}`;
      });
    expect(kinds('1.5.1')).toEqual(['v1 ServiceAccount', 'v1 ConfigMap', 'extensions/v1beta1 DaemonSet']);
    expect(kinds('1.7.5')).toContain('rbac.authorization.k8s.io/v1beta1 ClusterRole');
    expect(kinds('1.34')).toEqual([
      'v1 Namespace',
      'v1 ServiceAccount',
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'v1 ConfigMap',
      'apps/v1 DaemonSet',
    ]);
  });

  it('takes the interface of each node by its private address', () => {
    expect(manifestOf({})).toContain('--iface=$(NODE_IP)');
    expect(manifestOf({})).toContain('fieldPath: status.hostIP');
    const old = manifestOf({ kubernetes: { version: '1.5.1' } });
    expect(old).toContain('case $NODE_NAME in node1) ip=10.0.0.11 ;; node2) ip=10.0.0.12 ;;');
    expect(old).not.toContain('status.hostIP');
  });

  it('takes the settings of the inventory', () => {
    const text = manifestOf({
      kubernetes: { podSubnet: '10.32.0.0/16' },
      network: { backend: 'udp', mtu: 1400, imageRepository: 'registry.example.com:5000/mirror' },
    });
    expect(text).toContain('"Network": "10.32.0.0/16"');
    expect(text).toContain('"Type": "udp"');
    expect(text).toContain('"mtu": 1400');
    expect(text).toContain('privileged: true');
    expect(text).toContain('image: registry.example.com:5000/mirror/mirrored-flannelcni-flannel:v0.19.2');
    expect(text).toContain('provision.io/network: 10.32.0.0/16 udp 1400');
  });

  it('shows the time of the host', () => {
    expect(manifestOf({})).toContain('path: /usr/share/zoneinfo/Asia/Shanghai');
    const trusty = manifestOf({ facts: { '*': { localtime: 'file' } } });
    expect(trusty).toContain('path: /etc/localtime');
    expect(trusty).not.toContain('zoneinfo');
  });
});

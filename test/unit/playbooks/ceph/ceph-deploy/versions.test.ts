import { describe, expect, it } from 'vitest';
import { cephDeployVersion } from '../../../../../playbooks/ceph/ceph-deploy/versions.js';

describe('versions of ceph-deploy', () => {
  it.each(['2.0.1', '1.5.39'])('%s is pinned with all that it needs, by checksum', (version) => {
    const { tools, packages } = cephDeployVersion(version);
    for (const line of `${tools}${packages}`.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^[a-z-]+==[\d.]+(?: ; python_version (?:<|>=) "3\.8")? --hash=sha256:[0-9a-f]{64}$/,
      );
    }
    expect(packages).toContain(`ceph-deploy==${version} --hash=`);
    expect(packages).toContain('remoto==0.0.35 --hash=');
  });

  it('is refused when nobody has recorded its checksum', () => {
    expect(() => cephDeployVersion('1.4.0')).toThrow('no checksum of ceph-deploy 1.4.0 is recorded');
  });
});

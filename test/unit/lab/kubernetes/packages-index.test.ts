import { describe, expect, it } from 'vitest';
import { parsePackages } from '../../../../src/lab/kubernetes/packages-index.js';

const INDEX = `Package: kubeadm
Version: 1.20.2-00
Architecture: amd64
Depends: kubelet (>= 1.13.0), kubectl (>= 1.13.0)
Filename: ./kubeadm_1.20.2-00_amd64.deb
Size: 12622340
SHA256: 364230943a4ddfcd
Description: brings up clusters
 Filename: of a line that goes on

package: kubelet
version: 1.20.2-00
filename: pool/kubelet_1.20.2-00_amd64.deb
sha256: 3c3e5cf9866dd522


Package: half
Version: 1
`;

describe('parsePackages', () => {
  it('reads each whole paragraph', () => {
    expect(parsePackages(INDEX)).toEqual([
      {
        name: 'kubeadm',
        version: '1.20.2-00',
        file: 'kubeadm_1.20.2-00_amd64.deb',
        sha256: '364230943a4ddfcd',
      },
      {
        name: 'kubelet',
        version: '1.20.2-00',
        file: 'pool/kubelet_1.20.2-00_amd64.deb',
        sha256: '3c3e5cf9866dd522',
      },
    ]);
  });

  it('finds nothing in an empty index', () => {
    expect(parsePackages('')).toEqual([]);
  });
});

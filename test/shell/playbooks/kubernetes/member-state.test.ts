import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS, type TestHost, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const OURS = '/etc/kubernetes/provision';

/** A host with these files. */
async function hostWith(...paths: readonly string[]): Promise<TestHost> {
  const host = await testHost();
  for (const path of paths) {
    await mkdir(dirname(join(host.root, path)), { recursive: true });
    await writeFile(join(host.root, path), 'x\n');
  }
  return host;
}

describe.each(SHELLS)('$name: what a host is to a cluster', (shell) => {
  const stateOf = async (...paths: readonly string[]): Promise<string> => {
    const host = await hostWith(...paths);
    const call = sh`read_state ${[host.root, host.root + OURS]}
echo "$STATE_OF_HOST"; ca_of_host ${host.root}`;
    const { stdout, stderr } = await callFunctions('kubernetes/member/state.sh', shell, host, call);
    expect(stderr).toBe('');
    return stdout;
  };

  it('none on a fresh host, and on one with the packages alone', async () => {
    expect(await stateOf()).toBe('none\n-\n');
    expect(await stateOf('/usr/bin/kubelet', '/etc/default/kubelet')).toBe('none\n-\n');
  });

  it('member with the credentials of kubelet; its CA is told by a checksum', async () => {
    expect(await stateOf('/etc/kubernetes/kubelet.conf')).toBe('member\n-\n');
    expect(await stateOf('/etc/kubernetes/kubelet.conf', '/etc/kubernetes/pki/ca.crt')).toMatch(
      /^member\n[0-9a-f]{64}\n$/,
    );
  });

  it('begun when kubeadm was begun by us', async () => {
    expect(await stateOf('/etc/kubernetes/pki/ca.crt', `${OURS}/kubeadm.yaml`)).toMatch(/^begun\n/);
  });

  it.each([
    '/etc/kubernetes/admin.conf',
    '/etc/kubernetes/bootstrap-kubelet.conf',
    '/etc/kubernetes/manifests/etcd.yaml',
    '/etc/kubernetes/pki/ca.crt',
    '/var/lib/etcd/member/wal/0.wal',
    '/var/lib/kubelet/config.yaml',
  ])('leftovers with %s alone', async (path) => {
    expect(await stateOf(path)).toMatch(/^leftovers\n/);
  });

  it('leftovers are told by name, with the way out', async () => {
    const host = await hostWith('/etc/kubernetes/admin.conf');
    const call = sh`read_state ${[host.root, host.root + OURS]}
tell_leftovers node2`;
    const { stdout } = await callFunctions('kubernetes/member/state.sh', shell, host, call);
    expect(stdout).toContain('/etc/kubernetes/admin.conf already exists\n');
    expect(stdout).toContain('provision reset --stage kubernetes --host node2');
  });
});

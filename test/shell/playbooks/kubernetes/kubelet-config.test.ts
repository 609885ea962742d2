import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

/** As kubeadm 1.20 writes it. */
const KUBEADMS = `apiVersion: kubelet.config.k8s.io/v1beta1
authentication:
  anonymous:
    enabled: false
cgroupDriver: cgroupfs
clusterDNS:
- 10.96.0.10
evictionHard:
  imagefs.available: 15%
  memory.available: 100Mi
kind: KubeletConfiguration
syncFrequency: 0s
`;
const OURS = `evictionHard:
  memory.available: "100Mi"
  imagefs.available: "15%"`;

describe.each(SHELLS)("$name: kubelet's configuration", (shell) => {
  const call = async (
    content: string | undefined,
    verb: string,
    text: string,
    ...keys: readonly string[]
  ) => {
    const host = await testHost();
    const file = join(host.root, 'config.yaml');
    if (content !== undefined) await writeFile(file, content);
    const script = sh`${rawScript(verb)} ${[file, text, ...keys]}`;
    const result = await callFunctions('kubernetes/kubelet/config.sh', shell, host, script);
    expect(result.stderr).toBe('');
    return { ...result, after: content === undefined ? '' : await readFile(file, 'utf8') };
  };

  it('is as declared whatever the order and the quotes', async () => {
    expect(await call(KUBEADMS, 'check_config', OURS, 'evictionHard')).toMatchObject({ code: 0, stdout: '' });
    expect(
      await call(KUBEADMS, 'check_config', `${OURS}\ncgroupDriver: cgroupfs`, 'evictionHard', 'cgroupDriver'),
    ).toMatchObject({ code: 0 });
  });

  it('differs by a value, a signal more, a signal less, a key that is not there', async () => {
    const others = [
      OURS.replace('15%', '1%'),
      `${OURS}\n  nodefs.available: 10%`,
      'evictionHard:\n  memory.available: 100Mi',
    ];
    for (const text of others)
      expect((await call(KUBEADMS, 'check_config', text, 'evictionHard')).code).toBe(1);
    const told = await call(KUBEADMS, 'check_config', 'maxPods: 200', 'maxPods');
    expect(told).toMatchObject({ code: 1 });
    expect(told.stdout).toContain('maxPods is not as declared');
  });

  it('waits for kubeadm where there is none yet', async () => {
    expect((await call(undefined, 'check_config', OURS, 'evictionHard')).code).toBe(0);
  });

  it('gets our keys and keeps the others', async () => {
    const text = 'evictionHard:\n  memory.available: 1Gi\nmaxPods: 200';
    const { code, after } = await call(KUBEADMS, 'apply_config', text, 'evictionHard', 'maxPods');
    expect(code).toBe(0);
    expect(parse(after)).toEqual({
      ...(parse(KUBEADMS) as object),
      evictionHard: { 'memory.available': '1Gi' },
      maxPods: 200,
    });
  });
});

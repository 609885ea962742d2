import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const FILE = 'kubernetes/nodes/join-data.sh';
/** A stand-in for kubectl.sh's function, which would ask a cluster. */
const CLUSTER_KNOWS = rawScript('kube() { [ "$4" = secret/bootstrap-token-abcdef ]; }');

describe.each(SHELLS)('$name: by what hosts join', (shell) => {
  it('finds token and hash in the line that kubeadm prints', async () => {
    const line = `kubeadm join api.demo:6443 --token abcdef.0123456789abcdef \\
    --discovery-token-ca-cert-hash sha256:00ff `;
    const call = sh`word_after --token ${line}; word_after --discovery-token-ca-cert-hash ${line}`;
    const { stdout } = await callFunctions(FILE, shell, await testHost(), call);
    expect(stdout).toBe('abcdef.0123456789abcdef\nsha256:00ff\n');
  });

  const check = async (content: string, ...words: readonly string[]) => {
    const host = await testHost();
    const file = join(host.root, 'joining');
    await writeFile(file, content);
    const call = sh`${CLUSTER_KNOWS}
check_data ${[file, ...words]}`;
    const { code, stdout } = await callFunctions(FILE, shell, host, call, { mode: 'look' });
    return { code, told: stdout };
  };
  const now = Math.floor(Date.now() / 1000);

  it('needs nothing when nobody is to join', async () => {
    expect(await check('', 'no')).toEqual({ code: 0, told: '' });
  });

  it('is content with a young token that the cluster knows', async () => {
    expect(await check(`${now - 60} abcdef.x sha256:0 -\n`, 'no', 'node2')).toEqual({ code: 0, told: '' });
  });

  it.each([
    ['none', '', 'no'],
    ['an old token', `${now - 1300} abcdef.x sha256:0 -\n`, 'no'],
    ['no key for a control plane', `${now} abcdef.x sha256:0 -\n`, 'yes'],
    ['a token that the cluster has deleted', `${now} fedcba.x sha256:0 -\n`, 'no'],
  ])('is not content with %s', async (_, content, controlPlanes) => {
    expect((await check(content, controlPlanes, 'node2')).code).toBe(1);
  });
});

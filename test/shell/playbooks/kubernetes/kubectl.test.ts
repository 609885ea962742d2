import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lines, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { functionsOf, lay, runWith } from '../stand-ins.js';

const KUBECTL = functionsOf('kubernetes/kubectl.sh');
const PATH = '/api/v1/secrets?fieldSelector=type!%3Dx';

/** As kubeadm writes it, with texts in place of a certificate and a key. */
function adminConf(certificate: string, key: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${base64('CA')}
    server: https://10.0.0.1:6443
  name: kubernetes
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${base64(certificate)}
    client-key-data: ${base64(key)}
`;
}

describe.each(SHELLS)('$name: what the API has', (shell) => {
  const certificate = `certificate\n${'c'.repeat(5000)}\n`;
  const key = `key\n${'k'.repeat(5000)}\n`;
  const ask = async (programs: Readonly<Record<string, string>>, conf = adminConf(certificate, key)) => {
    const host = await testHost();
    lay(host.root, { 'admin.conf': conf, 'ca.crt': 'CA' });
    const files = sh`ADMIN_CONF=${join(host.root, 'admin.conf')} CLUSTER_CA=${join(host.root, 'ca.crt')}`;
    const answer = await runWith(shell, host, programs, KUBECTL, lines(files, sh`kube_text ${PATH}`));
    return { ...answer, ca: join(host.root, 'ca.crt') };
  };
  const kubectl = 'echo "kubectl $*"';

  it('comes by curl, with the key of the administrator in no argument and no file', async () => {
    const { ca, ...answer } = await ask({ kubectl, curl: 'echo "$*"; cat /dev/fd/7 /dev/fd/8' });
    expect(answer).toEqual({
      code: 0,
      stdout: `-s -f -g -A provision --noproxy * --max-time 20 --cacert ${ca} --cert /dev/fd/7 --key /dev/fd/8 https://10.0.0.1:6443${PATH}\n${certificate}${key}`,
      stderr: '',
    });
  });

  it.each([
    ['curl fails', { kubectl, curl: 'exit 22' }, undefined],
    ['there is no key in the file', { kubectl, curl: 'echo wrong' }, adminConf('', '')],
  ])('comes by kubectl where %s', async (_, programs, conf) => {
    const { code, stdout } = await ask(programs, conf);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        /^kubectl .*--request-timeout=20s get --raw=\/api\/v1\/secrets\?/,
      ) as string,
    });
  });
});

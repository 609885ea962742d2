import { describe, expect, it } from 'vitest';
import { rawScript, type Script, sh } from '../../../../../src/shell/script.js';
import { type ScriptResult, SHELLS } from '../../../run-task.js';
import { listOf, proposals, standIns, VOLUMES } from './stand-ins.js';

const volume = (name: string, spec: Readonly<Record<string, unknown>>) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], ...spec },
});
const rbd = (name: string, more: Readonly<Record<string, unknown>> = {}) =>
  volume(name, { rbd: { image: 'i', user: 'kube' }, ...more });

const KUBECTL = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf --request-timeout=20s';

describe.each(SHELLS)('$name: what Kubernetes was told of Ceph', (shell) => {
  async function call(
    items: Readonly<Record<string, readonly unknown[]>>,
    ...calls: readonly string[]
  ): Promise<readonly ScriptResult[]> {
    const { run, says } = await standIns();
    const { volumes = [], deployments = [] } = items;
    await says('kubectl', {
      'get --raw=/api/v1/persistentvolumes': listOf('PersistentVolume', volumes),
      'get deployments --all-namespaces -o json': { kind: 'List', items: deployments },
    });
    const scripts: readonly Script[] = calls.map((each) => rawScript(each));
    const results = [];
    for (const script of scripts) results.push(await run(shell, VOLUMES, script));
    return results;
  }

  it('volumes that cannot be recycled keep their image', async () => {
    const items = [
      rbd("it's", { persistentVolumeReclaimPolicy: 'Recycle' }),
      rbd('kept', { persistentVolumeReclaimPolicy: 'Retain' }),
      volume('nfs', { nfs: {}, persistentVolumeReclaimPolicy: 'Recycle' }),
    ];
    const [probe, cure] = await call({ volumes: items }, 'probe_recycle', 'cure_recycle');
    expect(probe).toMatchObject({ code: 1, stdout: "the volume it's has the policy Recycle\n", stderr: '' });
    expect(proposals(cure?.stdout ?? '')).toEqual([
      `${KUBECTL} patch persistentvolume 'it'\\''s' -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
    ]);
    const none = await call({ volumes: items.slice(1) }, 'probe_recycle', 'cure_recycle');
    expect(none).toMatchObject([
      { code: 0, stdout: '' },
      { code: 0, stdout: '' },
    ]);
  });

  it('volumes of the administrator', async () => {
    const items = [
      rbd('good'),
      volume('none', { rbd: { image: 'i' } }),
      volume('fs', { cephfs: { user: 'admin' } }),
      volume('nfs', { nfs: {} }),
    ];
    const [probe] = await call({ volumes: items }, 'probe_admin_user');
    expect(probe).toMatchObject({
      code: 1,
      stdout: 'the volume none uses client.admin\nthe volume fs uses client.admin\n',
    });
  });

  it('deployments that share a volume for one host', async () => {
    const deployment = (
      name: string,
      strategy: Readonly<Record<string, unknown>>,
      ...claims: readonly string[]
    ) => ({
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        strategy,
        template: {
          spec: {
            volumes: [
              { name: 'x', emptyDir: {} },
              ...claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
            ],
          },
        },
      },
    });
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } };
    const volumes = [rbd('pv', { claimRef: { namespace: 'default', name: 'pvc' } }), rbd('free')];
    const deployments = [
      deployment('index-api', rolling, 'pvc', 'other'),
      deployment('good', { type: 'Recreate' }, 'pvc'),
      deployment('patient', { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0 } }, 'pvc'),
      deployment('nfs', rolling, 'other'),
      {
        kind: 'Deployment',
        metadata: { name: 'none', namespace: 'x' },
        spec: { strategy: {}, template: { spec: {} } },
      },
    ];
    const [probe, cure] = await call(
      { volumes, deployments },
      'probe_rwo_deployments',
      'cure_rwo_deployments',
    );
    expect(probe).toMatchObject({
      code: 1,
      stdout: 'the deployment default/index-api replaces pods one by one and uses the claim default/pvc\n',
      stderr: '',
    });
    expect(proposals(cure?.stdout ?? '')).toEqual([
      `${KUBECTL} -n default patch deployment index-api -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
    ]);
  });

  it('cannot be told while the API server does not answer', async () => {
    const { run, program } = await standIns();
    await program('kubectl', 'exit 1');
    for (const each of ['probe_recycle', 'cure_recycle', 'probe_secrets', 'probe_rwo_deployments']) {
      const result = await run(shell, VOLUMES, rawScript(each));
      expect(result.code).toBe(2);
      expect(result.stdout).toContain('the API server does not tell its ');
    }
  });
});

describe.each(SHELLS)('$name: keys in secrets', (shell) => {
  const KEY = 'AQBiKBxYuPXiJRAAsupnTBsURoWzb0k00oM3iQ==';
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const secret = (name: string, data?: Readonly<Record<string, string>>, more = {}) => ({
    metadata: { name, namespace: 'default' },
    ...(data === undefined
      ? {}
      : { data: Object.fromEntries(Object.entries(data).map(([key, text]) => [key, base64(text)])) }),
    ...more,
  });
  const LIST =
    'get --raw=/api/v1/secrets?fieldSelector=type!%3Dkubernetes.io/service-account-token,type!%3Dhelm.sh/release.v1,type!%3Dkubernetes.io/tls';

  it('that end with a newline are found; the keys themselves are not shown', async () => {
    const { run, says } = await standIns();
    const items = [
      secret('good', { key: KEY }),
      secret('bad', { key: `${KEY}\n` }),
      secret('csi', { userID: 'kube\n', userKey: `${KEY}\n`, adminKey: `${KEY}\r\n` }),
      secret('twice', { key: `${KEY}\n\n` }),
      secret('other', { token: 'AQ is not a key\n', ring: `[client.x]\n key = ${KEY}\n` }),
      secret('empty'),
    ];
    await says('kubectl', { [LIST]: listOf('Secret', items) });
    const found = await run(shell, VOLUMES, sh`probe_secrets`);
    expect(found).toMatchObject({
      code: 1,
      stdout:
        'key of the secret default/bad ends with a newline\nuserKey, adminKey of the secret default/csi ends with a newline\nkey of the secret default/twice ends with a newline\n',
      stderr: '',
    });
    await says('kubectl', { [LIST]: listOf('Secret', [items[0]]) });
    expect((await run(shell, VOLUMES, sh`probe_secrets`)).code).toBe(0);
  });

  it('lose it from one program to the other, and nothing else changes', async () => {
    const { run, says, program, calls, host } = await standIns();
    const bad = secret("it's", {
      key: `${KEY}\n`,
      twice: `${KEY}\n\n`,
      dos: `${KEY}\r\n`,
      other: 'x\n',
      good: KEY,
    });
    await says('kubectl', {
      [LIST]: listOf('Secret', [bad, secret('fixed', { key: `${KEY}\n` }, { immutable: true })]),
    });
    const cure = await run(shell, VOLUMES, sh`cure_secrets`);
    expect(cure.stdout).not.toContain(base64(KEY).slice(0, 20));
    const [command = '', refused] = proposals(cure.stdout);
    expect(refused).toMatch(/^refuse: the secret default\/fixed is immutable/);
    await program(
      'kubectl',
      `case $words in *replace*) cat >${host.root}/new ;; *) cat ${host.root}/old ;; esac`,
    );
    const { writeFile, readFile } = await import('node:fs/promises');
    await writeFile(`${host.root}/old`, JSON.stringify(bad));
    expect(await run(shell, VOLUMES, rawScript(command))).toMatchObject({ code: 0, stderr: '' });
    const { data } = JSON.parse(await readFile(`${host.root}/new`, 'utf8')) as {
      data: Record<string, string>;
    };
    expect(data).toEqual({
      key: base64(KEY),
      twice: base64(KEY),
      dos: base64(KEY),
      good: base64(KEY),
      other: base64('x\n'),
    });
    expect((await calls()).slice(1).sort()).toEqual([
      "kubectl -n default get secret it's -o json",
      'kubectl replace -f -',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { harborPitfalls } from '../../../../playbooks/harbor/pitfalls.js';
import { SHELLS } from '../../run-task.js';
import { type Answers, answersFor, clusterProbes, type Container, type Pod } from './cluster.js';

const pod = (name: string, container: Container, more: Partial<Pod> = {}): Pod => ({
  name,
  containers: [container],
  ...more,
});

const registry = (mountPath: string, more: Partial<Container> = {}): Pod =>
  pod('registry-rc-6w3b7', { image: 'vmware/registry:2.6.2-photon', mounts: { config: mountPath }, ...more });

const ui = (name: string, more: Partial<Container> = {}): Pod =>
  pod(name, { image: 'vmware/harbor-ui:v1.2.0', ...more }, { group: 'ui-rc-' });

const adminserver = (more: Partial<Container> = {}): Pod =>
  pod('adminserver-rc-9pc78', { image: 'vmware/harbor-adminserver:v1.2.0', ...more });

const NO_HARBOR: readonly Pod[] = [
  pod('web-0', { image: 'registry:2', mounts: { config: '/etc/docker/registry' } }),
];

/** Nothing that any of the probes should mention. */
const HEALTHY: readonly Pod[] = [
  registry('/etc/registry'),
  ui('ui-rc-0kwrz', { env: { _REDIS_URL: undefined } }),
  ui('ui-rc-kzs8d', { env: { _REDIS_URL: undefined } }),
  adminserver(),
];
const HEALTHY_ANSWERS: Answers = {
  'get --raw=/api/v1/persistentvolumeclaims': '{"items":[{"status":{"phase":"Bound"}}]}',
  '-n default get configmaps': 'db.example.com\n',
  '-n default get configmaps,secrets': '',
  '-n default logs registry-rc-6w3b7 -c main --tail=1000 --since=2m': 'level=info msg="authorized request"\n',
  '-n default logs ui-rc-0kwrz -c main --tail=1000 --since=2m': '',
  '-n default logs ui-rc-kzs8d -c main --tail=1000 --since=2m': '',
  '-n default logs adminserver-rc-9pc78 -c main --tail=1000 --since=2m': '',
};

describe.each(SHELLS)('$name: pitfalls of Harbor', (shell) => {
  const { probe, found } = clusterProbes(shell, harborPitfalls, HEALTHY_ANSWERS);

  it('nothing in a cluster without Harbor, which is asked once, and nothing in a good one', async () => {
    const bare: Answers = {
      ...answersFor(NO_HARBOR),
      'get --raw=/api/v1/persistentvolumeclaims': '{"items":[]}',
    };
    for (const { id } of harborPitfalls) {
      expect([id, await probe(id, bare)]).toEqual([id, { code: 0, stdout: '', stderr: '' }]);
      expect([id, await found(id, HEALTHY)]).toEqual([id, []]);
    }
  });

  it('no answer is no health', async () => {
    for (const { id } of harborPitfalls) expect([id, (await probe(id, {})).code]).toEqual([id, 2]);
    expect(await probe('harbor-db-twice', answersFor(HEALTHY))).toMatchObject({
      code: 2,
      stdout: 'no answer to: -n default get configmaps\n',
    });
  });

  it('harbor-registry-config-path', async () => {
    const id = 'harbor-registry-config-path';
    expect(await found(id, [registry('/etc/docker/registry')])).toEqual([
      'default/registry-rc-6w3b7 mounts its configuration at /etc/docker/registry, and its image vmware/registry:2.6.2-photon reads /etc/registry',
    ]);
    const told = registry('/etc/docker/registry', { args: ['serve', '/etc/docker/registry/config.yml'] });
    expect(await found(id, [told])).toEqual([]);
    expect(await found(id, [registry('/etc/docker/registry'), ...HEALTHY])).toHaveLength(1);
  });

  it('harbor-session-lost', async () => {
    const id = 'harbor-session-lost';
    expect(await found(id, [ui('ui-rc-a'), ui('ui-rc-b'), ui('ui-rc-c')])).toEqual([
      'default/ui-rc has 3 pods and no _REDIS_URL: each keeps sessions of its own',
    ]);
    expect(await found(id, [ui('ui-rc-a')])).toEqual([]);
    const two = ['a', 'b'].map((name) => ui(name, { configMaps: ['other', 'core'] }));
    const maps = (core: string): Answers => ({
      '-n default get configmap other --ignore-not-found': 'PORT\n',
      '-n default get configmap core --ignore-not-found': core,
    });
    expect(await found(id, two, maps('PORT\n_REDIS_URL_CORE\n'))).toEqual([]);
    expect(await found(id, two, maps('PORT\n'))).toHaveLength(1);
  });

  it('harbor-root-crt', async () => {
    const id = 'harbor-root-crt';
    const log = '-n default logs registry-rc-6w3b7 -c main --tail=1000';
    const refused = 'level=error msg="token signed by untrusted key with ID: \\"BASH:RNPJ\\""';
    expect(await found(id, HEALTHY, { [`${log} --since=2m`]: `one\n${refused}\nlast\n` })).toEqual([
      `default/registry-rc-6w3b7: ${refused}`,
    ]);
    const ended = 'unable to open token auth root certificate bundle file "/etc/registry/root.crt"';
    const ailing = registry('/etc/registry', { ready: false, restarts: 4 });
    expect(await found(id, [ailing], { [`${log} --previous`]: `${ended}\n` })).toHaveLength(1);
    // What a pod said before it ended is past when it runs now.
    const cured = registry('/etc/registry', { restarts: 4 });
    expect(await found(id, [cured], { [`${log} --previous`]: `${ended}\n` })).toEqual([]);
  });

  it('harbor-db-twice', async () => {
    const id = 'harbor-db-twice';
    const hosts = (text: string, service = ''): Answers => ({
      '-n default get configmaps': text,
      '-n default get service mysql --ignore-not-found': service,
    });
    expect(await found(id, [adminserver()], hosts('mysql\n'))).toEqual([
      'the adminserver of default asks the database mysql, and there is no such Service',
    ]);
    expect(await found(id, [adminserver()], hosts('mysql\n', 'service/mysql\n'))).toEqual([]);
    expect(await found(id, [adminserver()], hosts('10.0.0.9\n10.0.0.9\n'))).toEqual([]);
    expect(await found(id, [adminserver()], hosts('mysql\n10.0.0.9\n'))).toEqual([
      'the ConfigMaps of default name different databases: 10.0.0.9 mysql ',
    ]);
  });

  it('harbor-db-schema', async () => {
    const line =
      "[ERROR] [base.go:99]: failed to list projects: Error 1146: Table 'registry.project' doesn't exist";
    const log = { '-n default logs ui-rc-a -c main --tail=1000 --since=2m': `${line}\n` };
    expect(await found('harbor-db-schema', [ui('ui-rc-a')], log)).toEqual([`default/ui-rc-a: ${line}`]);
  });

  it('harbor-default-password', async () => {
    const id = 'harbor-default-password';
    const objects = { '-n default get configmaps,secrets': 'ConfigMap harbor-adminserver-config\n' };
    expect(await found(id, HEALTHY, objects)).toEqual([
      'the default password of the administrator stands in default, ConfigMap harbor-adminserver-config',
    ]);
    expect(await found(id, [adminserver({ env: { HARBOR_ADMIN_PASSWORD: 'Harbor12345' } })])).toEqual([
      'pods of default begin with the default password of the administrator',
    ]);
    expect(await found(id, [adminserver({ env: { HARBOR_ADMIN_PASSWORD: 'of our own' } })])).toEqual([]);
  });

  it('harbor-release-manifests', async () => {
    const id = 'harbor-release-manifests';
    expect(await found(id, [ui('a'), ui('b')])).toEqual([
      'default runs vmware/harbor-ui:v1.2.0 and no adminserver',
    ]);
    expect(await found(id, [ui('a', { image: 'goharbor/harbor-ui:v1.7.0' })])).toEqual([]);
    const elsewhere = { ...adminserver(), namespace: 'other' };
    expect(await found(id, [ui('a'), elsewhere])).toHaveLength(1);
  });

  it('each is found as exactly that one', async () => {
    const [good, one, two, admin] = HEALTHY as readonly [Pod, Pod, Pod, Pod];
    const made: Readonly<Record<string, readonly Pod[]>> = {
      'harbor-registry-config-path': [registry('/etc/docker/registry'), one, two, admin],
      'harbor-session-lost': [good, ui('ui-rc-0kwrz'), ui('ui-rc-kzs8d'), admin],
      'harbor-default-password': [
        good,
        one,
        two,
        adminserver({ env: { HARBOR_ADMIN_PASSWORD: 'Harbor12345' } }),
      ],
      'harbor-release-manifests': [good, one, two],
    };
    for (const [id, pods] of Object.entries(made)) {
      const ids: string[] = [];
      for (const each of harborPitfalls) if ((await found(each.id, pods)).length > 0) ids.push(each.id);
      expect(ids).toEqual([id]);
    }
  });

  it('harbor-pv-unbound', async () => {
    const claim = (more = '', made = '2017-12-05T10:00:00Z', size = '5Gi', phase = 'Pending'): string =>
      `claim\tdefault/registry-pvc\t${phase}\t${made}\t${more}\tReadWriteMany \t${size}\t\nwants\ttype\tregistry\n`;
    const volume = (modes: string, size: string, label: string, phase = 'Available', owner = ''): string =>
      `volume\tregistry-pv\t${phase}\t\t${modes} \t${size}\t${owner}\nlabel\ttype\t${label}\n`;
    const says = async (text: string): Promise<string> => {
      const lines = await found('harbor-pv-unbound', [], {
        'get --raw=/api/v1/persistentvolumeclaims': '{"items":[{"status":{"phase":"Pending"}}]}',
        'get persistentvolumeclaims,persistentvolumes,storageclasses --all-namespaces': text,
      });
      return lines
        .join('\n')
        .replace(
          /^the claim default\/registry-pvc is Pending, and the volume registry-pv does not fit: /,
          '',
        );
    };
    const fits = volume('ReadWriteMany', '5Gi', 'registry');
    expect(await says(claim() + volume('ReadWriteMany', '1024Mi', 'registry'))).toBe(
      'it has 1024Mi, and 5Gi are asked',
    );
    expect(await says(claim() + volume('ReadWriteOnce', '5Gi', 'registry'))).toBe(
      'it does not have the access mode ReadWriteMany',
    );
    expect(await says(claim() + volume('ReadWriteMany', '5Gi', 'log'))).toBe(
      'it does not have the label type=registry',
    );
    expect(await says(claim('slow') + fits)).toBe('it has the class "", and "slow" is asked');
    expect(await says(claim() + volume('ReadWriteMany', '5Gi', 'registry', 'Released', 'a/b'))).toBe(
      'it is still kept for the claim a/b, which is gone',
    );
    // Fits, or will, or was never meant for it.
    expect(await says(claim() + fits)).toBe('');
    expect(await says(claim('', '2999-01-01T00:00:00Z') + volume('ReadWriteMany', '1Gi', 'registry'))).toBe(
      '',
    );
    expect(await says(claim() + volume('ReadWriteOnce', '1Gi', 'log'))).toBe('');
    expect(await says(claim() + volume('ReadWriteMany', '1Gi', 'registry', 'Bound', 'a/b'))).toBe('');
    expect(await says(claim() + volume('ReadWriteMany', '1Gi', 'registry', 'Available', 'a/b'))).toBe('');
    expect(await says(`${claim('late')}${fits}class\tlate\tWaitForFirstConsumer\n`)).toBe('');
    expect(await says(claim('', undefined, '5368709120') + fits)).toBe('');
    expect(await says(claim('', undefined, '6G') + fits)).toBe('it has 5Gi, and 6G are asked');
  });
});

import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loggingPitfalls } from '../../../../playbooks/logging/pitfalls.js';
import { sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';
import { answersFor, type Answers, clusterProbes, type Container, type Pod } from './cluster.js';

const fluentd = (more: Partial<Container> = {}, pod: Partial<Pod> = {}): Pod => ({
  name: 'fluentd-es-v1.22-as3s5',
  namespace: 'kube-system',
  group: 'fluentd-es-v1.22-',
  volumes: { config: { configMap: { name: 'td-agent-config' } } },
  containers: [
    { image: 'bigwhite/fluentd-elasticsearch:1.22', mounts: { config: '/etc/td-agent' }, ...more },
  ],
  ...pod,
});

const elasticsearch = (name: string, more: Partial<Container> = {}, pod: Partial<Pod> = {}): Pod => ({
  name: `elasticsearch-logging-v1-${name}`,
  namespace: 'kube-system',
  group: 'elasticsearch-logging-v1-',
  volumes: { data: { persistentVolumeClaim: { claimName: 'data' } }, scratch: { emptyDir: {} } },
  containers: [{ image: 'bigwhite/elasticsearch:v2.4.1-1', mounts: { data: '/data' }, ...more }],
  ...pod,
});

const BASE = '/api/v1/namespaces/kube-system/services/kibana-logging/proxy';
const kibana = (path: string = BASE): Pod => ({
  name: 'kibana-logging-3604961973-jby53',
  namespace: 'kube-system',
  group: 'kibana-logging-3604961973-',
  containers: [{ image: 'bigwhite/kibana:v4.6.1-1', cpu: '100m', env: { KIBANA_BASE_URL: path } }],
});

const HEALTHY: readonly Pod[] = [fluentd(), elasticsearch('3bzt6'), elasticsearch('nvbe1'), kibana()];
const CONFIG = '-n kube-system get configmap td-agent-config --ignore-not-found';
const HEALTH =
  'get --raw=/api/v1/namespaces/kube-system/pods/elasticsearch-logging-v1-3bzt6:9200/proxy/_cluster/health?local=true';
const KIBANA_LOG = '-n kube-system logs kibana-logging-3604961973-jby53 -c main --tail=300';
const FLUENTD_LOG = '-n kube-system logs fluentd-es-v1.22-as3s5 -c main --tail=1000';
const OPTIMIZING = '"message":"Optimizing and caching bundles for kibana and statusPage."\n';
const HEALTHY_ANSWERS: Answers = {
  [CONFIG]: 'is there\nfile td-agent.conf\n<match fluent.**>\n  type null\n</match>\n\n',
  [HEALTH]: '{"cluster_name":"kubernetes-logging","status":"green","number_of_nodes":2}',
  [KIBANA_LOG]: `${OPTIMIZING}"message":"Optimization of bundles for kibana and statusPage complete in 88.60 seconds"\n`,
  'get --raw=/version': '{\n  "major": "1",\n  "minor": "20+",\n}',
};
const REFUSED =
  '[error]: config error file="/etc/td-agent/td-agent.conf" error="Invalid Kubernetes API v1 endpoint https://192.168.3.1:443/api: 401 Unauthorized"';

describe.each(SHELLS)('$name: pitfalls of logs', (shell) => {
  const { probe, found } = clusterProbes(shell, loggingPitfalls, HEALTHY_ANSWERS);
  const asked = loggingPitfalls.filter(({ clusterProbe }) => clusterProbe !== undefined);

  it('nothing in a cluster without logs, which is asked once, nothing in a good one, and no answer is no health', async () => {
    const bare = answersFor([{ name: 'web', containers: [{ image: 'nginx:1' }] }]);
    for (const { id } of asked) {
      expect([id, await probe(id, bare)]).toEqual([id, { code: 0, stdout: '', stderr: '' }]);
      expect([id, await found(id, HEALTHY)]).toEqual([id, []]);
      expect([id, (await probe(id, {})).code]).toEqual([id, 2]);
    }
  });

  it('fluentd-401, of containers', async () => {
    const ailing = fluentd({ ready: false, restarts: 2 });
    const log = { [`${FLUENTD_LOG} --since=2m`]: '', [`${FLUENTD_LOG} --previous`]: `${REFUSED}\n` };
    expect(await found('fluentd-401', [ailing], log)).toEqual([
      `kube-system/fluentd-es-v1.22-as3s5: ${REFUSED}`,
    ]);
    expect(await found('fluentd-401', [fluentd({ restarts: 2 })], log)).toEqual([]);
  });

  it('fluentd-401, in the file of a host', async () => {
    const host = await testHost();
    const file = join(host.base, "fluentd's.log");
    const run = () => callFunctions('logging/probes.sh', shell, host, sh`probe_fluentd_file ${file}`);
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
    writeFileSync(file, `starting fluentd-0.12.31\n${REFUSED}\nprocess finished code=256\n`);
    expect(await run()).toMatchObject({ code: 1, stdout: `${REFUSED}\n` });
    const hour = Date.now() / 1000 - 3600;
    utimesSync(file, hour, hour);
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
    writeFileSync(file, `starting fluentd-0.12.31\n${REFUSED}\nstarting fluentd-0.12.31\nadding match\n`);
    expect(await run()).toMatchObject({ code: 0, stdout: '' });
  });

  it('fluentd-config-comments', async () => {
    const id = 'fluentd-config-comments';
    expect(await found(id, [fluentd({}, { phase: 'Pending' })], { [CONFIG]: '' })).toEqual([
      'fluentd waits for the ConfigMap td-agent-config, and there is none in kube-system',
    ]);
    const comments = 'is there\nfile notes.txt\nnothing\nfile td-agent.conf\n# <match>\n#  type null\n';
    expect(await found(id, [fluentd()], { [CONFIG]: comments })).toEqual([
      'the ConfigMap kube-system/td-agent-config has nothing for fluentd to do in: td-agent.conf',
    ]);
  });

  it('es-discovery', async () => {
    const id = 'es-discovery';
    const pods = [elasticsearch('3bzt6'), elasticsearch('nvbe1')];
    expect(await found(id, pods, { [HEALTH]: '{"number_of_nodes" : 1}' })).toEqual([
      'the Elasticsearch kube-system/elasticsearch-logging-v1 has 2 pods, and elasticsearch-logging-v1-3bzt6 knows 1 of them',
    ]);
    expect(await found(id, pods, { [HEALTH]: '{"number_of_nodes" : 5}' })).toEqual([]);
    const line = '[WARN ][discovery] waited for 30s and no initial state was set by the discovery';
    const log = {
      [HEALTH]: 'Unauthorized',
      '-n kube-system logs elasticsearch-logging-v1-nvbe1 -c main --tail=1000 --since=2m': `${line}\n`,
    };
    expect(await found(id, pods, log)).toEqual([`kube-system/elasticsearch-logging-v1-nvbe1: ${line}`]);
    expect(await found(id, pods, { [HEALTH]: 'Unauthorized' })).toEqual([]);
  });

  it('kibana-slow-start', async () => {
    expect(await found('kibana-slow-start', [kibana()], { [KIBANA_LOG]: OPTIMIZING })).toEqual([
      'kube-system/kibana-logging-3604961973-jby53 is still optimizing and caching its bundles, with a CPU limit of 100m: it goes on',
    ]);
  });

  it('kibana-base-path', async () => {
    const id = 'kibana-base-path';
    const old = '/api/v1/proxy/namespaces/kube-system/services/kibana-logging';
    const version = (minor: string): Answers => ({ 'get --raw=/version': `{"minor": "${minor}"}` });
    const says = async (path: string, minor = '20'): Promise<string> =>
      (await found(id, [kibana(path)], version(minor)))
        .join('\n')
        .replace(/^the Kibana \S+ has the base path \S+, and /, '');
    expect(await says(old)).toBe('Kubernetes 1.20 has no such path');
    expect(await says(old, '9')).toBe('');
    expect(await says(BASE.replace('kube-system', 'logging'))).toBe('it runs in the namespace kube-system');
    expect(await says(BASE.replace('/proxy', ''))).toBe('no proxy is there');
    expect(await says('/kibana')).toBe('');
    expect(await says('')).toBe('');
  });

  it('es-emptydir', async () => {
    const id = 'es-emptydir';
    const line = (name: string): string =>
      `the Elasticsearch kube-system/elasticsearch-logging-v1-${name} keeps its data in no volume that outlives the pod`;
    expect(await found(id, [elasticsearch('a', { mounts: { scratch: '/data' } })])).toEqual([line('a')]);
    expect(await found(id, [elasticsearch('b', { mounts: {} })])).toEqual([line('b')]);
    expect(await found(id, [elasticsearch('c', { mounts: {}, env: { NODE_DATA: 'false' } })])).toEqual([]);
    expect(await found(id, [elasticsearch('d', { mounts: {}, env: { 'node.roles': 'master' } })])).toEqual(
      [],
    );
    expect(await found(id, [elasticsearch('e', { mounts: { data: '/data', scratch: '/tmp' } })])).toEqual([]);
    expect(
      await found(id, [elasticsearch('f', { image: 'prom/elasticsearch-exporter:1', mounts: {} })]),
    ).toEqual([]);
  });

  it('es-vm-max-map-count', async () => {
    const host = await testHost();
    const [logs, count] = [join(host.base, 'log files'), join(host.base, 'count')];
    mkdirSync(logs);
    const run = (value: string) => {
      writeFileSync(count, `${value}\n`);
      return callFunctions(
        'logging/probes.sh',
        shell,
        host,
        sh`probe_map_count ${[count, `${host.base}/none`, logs]}`,
      );
    };
    writeFileSync(join(logs, "web's.log"), 'all is well\n');
    expect(await run('65530')).toMatchObject({ code: 0, stdout: '' });
    const line =
      '[1]: max virtual memory areas vm.max_map_count [65530] is too low, increase to at least [262144]';
    writeFileSync(join(logs, 'es-0_logging_main.log'), `one\n${line}\nlast\n`);
    expect(await run('65530')).toMatchObject({
      code: 1,
      stdout: `vm.max_map_count is 65530, and es-0_logging_main.log says: ${line}\n`,
    });
    expect(await run('262144')).toMatchObject({ code: 0, stdout: '' });
  });
});

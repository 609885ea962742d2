import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { EVENTS } from '../../../../playbooks/events.js';
import { NODES } from '../../../../playbooks/nodes.js';
import { PODS } from '../../../../playbooks/pods.js';
import { lines, type Script, sh } from '../../../../src/shell/script.js';
import { hasProgram } from '../../../support/programs.js';
import { SHELLS, testHost } from '../../run-task.js';
import { apiText } from '../api-text.js';
import { functionsOf, lay, runWith } from '../stand-ins.js';

const FUNCTIONS = lines(
  PODS,
  NODES,
  EVENTS,
  functionsOf(
    'kubernetes/node-api.sh',
    'kubernetes/probes.sh',
    'hosts/probes.sh',
    'kubernetes/cluster-probes.sh',
    'network/cluster-probes.sh',
  ),
);
const [shell] = SHELLS;
const hasKubectl = hasProgram('kubectl', 'version', '--client');

const KINDS = { pods: 'Pod', nodes: 'Node', events: 'Event', secrets: 'Secret' } as const;
type Lists = Readonly<Partial<Record<keyof typeof KINDS, readonly object[]>>>;

/** An API server that has these objects, and kubectl's configuration for it. */
async function cluster(lists: Lists) {
  const resources = Object.entries(KINDS).map(([name, kind]) => ({
    name,
    kind,
    namespaced: name !== 'nodes',
    singularName: '',
    verbs: ['list', 'get'],
  }));
  const server = createServer(({ url = '' }, response) => {
    const [path = '', query] = url.split('?');
    const name = path.split('/').at(-1) as keyof typeof KINDS;
    const answer =
      path === '/api'
        ? { kind: 'APIVersions', versions: ['v1'] }
        : path === '/apis'
          ? { kind: 'APIGroupList', apiVersion: 'v1', groups: [] }
          : path === '/api/v1'
            ? { kind: 'APIResourceList', groupVersion: 'v1', resources }
            : { kind: `${KINDS[name]}List`, apiVersion: 'v1', metadata: {}, items: lists[name] ?? [] };
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(query?.includes('pretty=1') === true ? apiText(answer) : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const host = await testHost();
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const conf = {
    clusters: [{ name: 'x', cluster: { server: at } }],
    contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    users: [{ name: 'x', user: {} }],
  };
  lay(host.root, {
    conf: JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': 'x', ...conf }),
  });
  const file = join(host.root, 'conf');
  return async (script: Script): Promise<string> => {
    if (shell === undefined) return '';
    const { stdout, stderr } = await runWith(
      shell,
      host,
      {},
      FUNCTIONS,
      sh`ADMIN_CONF=${file} CONF=${file}`,
      script,
    );
    expect(stderr).toBe('');
    return stdout;
  };
}

const named = (namespace: string, name: string, more: object = {}) => ({
  metadata: { namespace, name, uid: `uid-${name}`, ...more },
});

/** The stand-ins of other tests print what these templates print. */
describe.skipIf(!hasKubectl)('what kubectl itself makes of the templates', () => {
  it('containers that wait for images, and the events of why', async () => {
    const waiting = (reason: string, message?: string) => ({
      name: 'c',
      image: 'gcr.io/x:1',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message } },
    });
    const ask = await cluster({
      pods: [
        {
          ...named('a', 'back'),
          status: {
            phase: 'Pending',
            containerStatuses: [waiting('ImagePullBackOff', 'Back-off pulling image "gcr.io/x:1"')],
          },
        },
        {
          ...named('a', 'first'),
          status: { phase: 'Pending', initContainerStatuses: [waiting('ErrImagePull')] },
        },
        {
          ...named('a', 'other'),
          status: { phase: 'Pending', containerStatuses: [waiting('ContainerCreating')] },
        },
        {
          ...named('a', 'fine'),
          status: {
            phase: 'Running',
            containerStatuses: [{ name: 'c', image: 'x', state: { running: {} } }],
          },
        },
        { ...named('a', 'new'), status: {} },
      ],
      events: [
        {
          ...named('a', 'e1'),
          type: 'Warning',
          lastTimestamp: '2024-01-01T00:00:00Z',
          message: 'Failed to pull image "gcr.io/x:1": i/o timeout',
          involvedObject: { namespace: 'a', name: 'back' },
        },
        {
          ...named('a', 'e2'),
          type: 'Normal',
          message: 'Pulling image "x"',
          involvedObject: { namespace: 'a', name: 'back' },
        },
        { ...named('a', 'e3'), type: 'Warning', involvedObject: { namespace: 'a', name: 'back' } },
      ],
    });
    expect(await ask(sh`waiting_images`)).toBe(
      'a/back\tgcr.io/x:1\tBack-off pulling image "gcr.io/x:1"\na/first\tgcr.io/x:1\t\n',
    );
    expect(await ask(sh`pull_events`)).toBe(
      'a/back\t2024-01-01T00:00:00Z\tFailed to pull image "gcr.io/x:1": i/o timeout\n',
    );
    expect(await ask(sh`probe_pulls`)).toBe(
      'the pod a/back waits for the image gcr.io/x:1: Failed to pull image "gcr.io/x:1": i/o timeout\n',
    );
  });

  it('taints of nodes, pods that none takes, and pods that fail', async () => {
    const ask = await cluster({
      nodes: [
        {
          metadata: { name: 'node1' },
          spec: { taints: [{ key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }] },
        },
        { metadata: { name: 'node2' }, spec: { unschedulable: true } },
        {
          metadata: {
            name: 'node3',
            annotations: { 'scheduler.alpha.kubernetes.io/taints': '[{"key":"dedicated"}]' },
          },
          spec: {},
        },
        { metadata: { name: 'node4', annotations: { other: 'x' } }, spec: {} },
      ],
      pods: [
        {
          ...named('a', 'left'),
          status: {
            phase: 'Pending',
            conditions: [{ type: 'PodScheduled', message: '0/1 nodes are available' }],
          },
        },
        {
          ...named('a', 'fails'),
          status: {
            phase: 'Running',
            containerStatuses: [
              { name: 'c', ready: false, restartCount: 3 },
              { name: 'd', ready: true, restartCount: 3 },
              { name: 'e', ready: false, restartCount: 0 },
            ],
          },
        },
      ],
    });
    expect(await ask(sh`node_taints`)).toBe(
      'node1 open node-role.kubernetes.io/master\nnode2 cordoned\nnode3 open [{"key":"dedicated"}]\nnode4 open\n',
    );
    expect(await ask(sh`untaken_pods`)).toBe('a/left: 0/1 nodes are available\n');
    expect(await ask(sh`failing_pods`)).toBe('a fails c\n');
  });

  it('folders of the host, owners of pods, and tokens of secrets', async () => {
    const volumes = [
      { name: 'v', hostPath: { path: '/srv/no such', type: 'Directory' } },
      { name: 'w', hostPath: { path: '/srv/missing' } },
      { name: 'x', emptyDir: {} },
    ];
    const ask = await cluster({
      pods: [
        {
          ...named('a', 'mounts', { ownerReferences: [{ name: 'set' }] }),
          spec: { volumes, nodeName: 'n' },
          status: { phase: 'Running' },
        },
        { ...named('a', 'done'), spec: { volumes }, status: { phase: 'Succeeded' } },
      ],
      secrets: [
        { ...named('a', 'token'), type: 'kubernetes.io/service-account-token', data: { token: 'QkFE' } },
        { ...named('a', 'empty'), type: 'kubernetes.io/service-account-token' },
        { ...named('a', 'other'), type: 'Opaque', data: { token: 'QkFE' } },
      ],
    });
    expect(await ask(sh`probe_host_paths "$CONF" /nonexistent n /nonexistent`)).toBe(
      'a/mounts mounts /srv/no such, which this host does not have.\na/mounts mounts /srv/missing, which this host does not have.\n',
    );
    const refused = sh`refused_tokens() { echo /p/uid-mounts/x; echo /p/uid-done/x; }
have() { :; }
propose_new_pods "$CONF" ca n /p`;
    const proposed = await ask(refused);
    expect(proposed).toContain('-n a delete pod mounts\n');
    expect(proposed).toContain('so do it yourself: a/done\n');
    expect(
      await ask(sh`try() { sed 's/^\(.*\) BAD$/401 \1/'; }
propose_new_tokens try`),
    ).toContain('the token in the secret a/token is made anew');
  });

  it("flannel's address on a node, and the plugin's pods", async () => {
    const node = (name: string, annotations: object | undefined, ready = 'True', message = '') => ({
      metadata: { name, annotations },
      spec: {},
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.1' },
          { type: 'Hostname', address: name },
        ],
        conditions: [{ type: 'Ready', status: ready, message }],
      },
    });
    const used = 'flannel.alpha.coreos.com/public-ip';
    const ask = await cluster({
      nodes: [
        node('right', { [used]: '10.0.0.1' }),
        node('wrong', { [used]: '203.0.113.1' }),
        node('meant', { [used]: '203.0.113.1', [`${used}-overwrite`]: '203.0.113.1' }),
        node('without', undefined),
      ],
      pods: [{ ...named('kube-flannel', 'kube-flannel-ds-x'), spec: { nodeName: 'bad' } }],
    });
    expect(await ask(sh`probe_flannel_interface`)).toBe(
      'the node wrong has the address 10.0.0.1, and flannel uses 203.0.113.1 as external interface\n',
    );
    const state = 'node\tbad\topen\tFalse\t-\t\t\tcni config uninitialized';
    expect(
      await ask(sh`node_lines() { printf '%s\n' ${state}; }
propose_plugin_pods`),
    ).toContain('-n kube-flannel delete pod kube-flannel-ds-x\n');
  });
});

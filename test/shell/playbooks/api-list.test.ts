import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { API_LIST } from '../../../playbooks/api-list.js';
import { EVENTS, KUBERNETES_EVENTS } from '../../../playbooks/events.js';
import { NODES } from '../../../playbooks/nodes.js';
import { PODS } from '../../../playbooks/pods.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { type Shell, SHELLS, testHost } from '../run-task.js';
import { apiText, listText } from './api-text.js';
import { type Pod, podObject } from './pods/cluster.js';
import { lay, runWith } from './stand-ins.js';

/** What is at home in a text, and what JSON, awk or a shell might take for its own. */
const CHARACTERS = 'a|B|7| |\\|"|\'|<|>|&|{|}|[|]|,|:|\n|\t|$|`|*|%'.split('|');

/** What a script makes of what the API server writes. */
async function madeOf(text: string, shell: Shell, functions: Script, script: Script): Promise<string> {
  const host = await testHost();
  lay(host.root, { text });
  const kube = rawScript(`kube() { cat ${host.root}/text; }`);
  const { stdout, stderr } = await runWith(shell, host, {}, functions, lines(kube, script));
  expect(stderr).toBe('');
  return stdout;
}

/** kubectl has sorted the keys of a volume; the API has not. */
const inOrder = (told: string): string =>
  told.replaceAll(
    /^(volume\t.*?\t)(.*?) \t/gm,
    (_, volume: string, keys: string) => `${volume}${keys.split(' ').toSorted().join(' ')} \t`,
  );

/** Of a cluster of the lab: the API's own text, and what kubectl made of it by a template with the same fields. */
const recorded = (name: string): string =>
  readFileSync(new URL(`./recorded/${name}`, import.meta.url), 'utf8');

describe.each(SHELLS)('$name: what the API server writes, as lines', (shell) => {
  /** Everything that is in a value, as api-text.awk names it. */
  const leaves = (path: string, value: unknown): readonly string[] => {
    if (Array.isArray(value) && value.length > 0) return value.flatMap((each) => leaves(`${path}[]`, each));
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      return Object.entries(value).flatMap(([key, each]) => leaves(`${path}.${key}`, each));
    }
    const text = typeof value === 'string' ? value.replaceAll(/[\n\r\t]/g, ' ') : JSON.stringify(value);
    return [`${path}\t${text}`];
  };
  const PROGRAM = 'function value(path, text) { print path "\\t" plain(text) }\nfunction closed(path) {}';
  const key = fc.stringMatching(/^[a-z][a-zA-Z0-9./:{}-]{0,8}$/).filter((each) => each !== 'managedFields');
  const texts = fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength: 20 });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  it('is told whole, whatever is in its texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(key, tree, { minKeys: 1, noNullPrototype: true })),
        async (items) => {
          const script = sh`read_list /api/v1/some ${PROGRAM}`;
          const told = await madeOf(apiText({ items }), shell, API_LIST, script);
          expect(told.split('\n').slice(0, -1)).toEqual(leaves('', { items }));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('passes over who wrote which field', async () => {
    const managedFields = [
      { manager: 'kubeadm', fieldsV1: { 'f:metadata': { 'k:{"uid":"x"}': { '.': {} } } } },
    ];
    const text = apiText({ items: [{ metadata: { name: 'x', managedFields }, spec: { a: 1 } }] });
    expect(await madeOf(text, shell, API_LIST, sh`read_list /api/v1/some ${PROGRAM}`)).toBe(
      '.items[].metadata.name\tx\n.items[].spec.a\t1\n',
    );
  });

  it('fails as the asking does, and says why', async () => {
    const refused = rawScript('kube() { echo refused >&2; return 1; }');
    expect(await runWith(shell, await testHost(), {}, PODS, lines(refused, sh`pod_lines`))).toEqual({
      code: 1,
      stdout: '',
      stderr: 'refused\n',
    });
  });

  it('pods', async () => {
    const pods: readonly Pod[] = [
      {
        name: 'ui-rc-0kwrz',
        group: 'ui-rc-',
        volumes: {
          config: { configMap: { name: 'harbor-ui-config' } },
          data: { emptyDir: {} },
          disk: { persistentVolumeClaim: { claimName: 'x' } },
        },
        containers: [
          {
            image: 'vmware/harbor-ui:v1.2.0',
            cpu: '100m',
            args: ['-c', 'echo "one\n\ttwo" <x>'],
            mounts: { config: '/etc/ui', data: '/data' },
            env: { _REDIS_URL: undefined, SPACES: 'a b' },
            configMaps: ['harbor-ui-config'],
          },
          { name: 'side', image: 'busybox', ready: false, restarts: 3 },
        ],
      },
      { name: 'alone', namespace: 'kube-system', phase: 'Pending', containers: [{ image: 'x:1' }] },
    ];
    const told = await madeOf(listText('Pod', pods.map(podObject)), shell, PODS, sh`pod_lines`);
    expect(told).toBe(
      [
        'pod\tdefault\tui-rc-0kwrz\tui-rc-\tRunning',
        'status\tmain\ttrue\t0',
        'status\tside\tfalse\t3',
        'volume\tconfig\tname configMap \tharbor-ui-config',
        'volume\tdata\tname emptyDir \t',
        'volume\tdisk\tname persistentVolumeClaim \t',
        'container\tmain\tvmware/harbor-ui:v1.2.0\t100m',
        'arg\t"-c"',
        String.raw`arg	"echo \"one\n\ttwo\" <x>"`,
        'mount\tconfig\t/etc/ui',
        'mount\tdata\t/data',
        'env\t_REDIS_URL\t',
        'env\tSPACES\t"a b"',
        'from\tconfigmap\tharbor-ui-config',
        'container\tside\tbusybox\t',
        'pod\tkube-system\talone\t\tPending',
        'status\tmain\ttrue\t0',
        'container\tmain\tx:1\t',
        '',
      ].join('\n'),
    );
  });

  it('pods that wait: why they have no node, and containers no image', async () => {
    const waiting = (name: string, reason?: string, message?: string) => ({
      name,
      image: 'x:1',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, message } },
    });
    const pod = {
      metadata: { name: 'web', namespace: 'a' },
      status: {
        phase: 'Pending',
        conditions: [
          { type: 'Ready', status: 'False' },
          { type: 'PodScheduled', message: '0/1 nodes:\n"a" <b>' },
        ],
        initContainerStatuses: [waiting('first', 'ErrImagePull')],
        containerStatuses: [waiting('c', 'ImagePullBackOff', 'Back-off'), waiting('d')],
      },
    };
    expect(await madeOf(listText('Pod', [pod]), shell, PODS, sh`pod_lines`)).toBe(
      [
        'pod\ta\tweb\t\tPending',
        'condition\t0/1 nodes: "a" <b>',
        'waiting\tx:1\tErrImagePull\t',
        'status\tc\tfalse\t0',
        'waiting\tx:1\tImagePullBackOff\tBack-off',
        'status\td\tfalse\t0',
        '',
      ].join('\n'),
    );
  });

  it.each(['pods', 'nodes'] as const)(
    '%s of a cluster of Kubernetes 1.20, as kubectl tells them',
    async (kind) => {
      const [functions, script] = kind === 'pods' ? [PODS, sh`pod_lines`] : [NODES, sh`node_lines`];
      const told = await madeOf(recorded(`${kind}.txt`), shell, functions, script);
      expect(inOrder(told)).toBe(inOrder(recorded(`${kind}.lines`)));
    },
  );

  it('events', async () => {
    const event = {
      metadata: { creationTimestamp: '2026-01-02T00:00:00Z' },
      involvedObject: { kind: 'Pod', namespace: 'a', name: 'x' },
      type: 'Warning',
      lastTimestamp: '2026-01-02T00:05:00Z',
      reason: 'Failed',
      message: 'it\n\t"failed"',
    };
    const text = listText('Event', [event, { ...event, lastTimestamp: null, message: undefined }]);
    expect(await madeOf(text, shell, lines(API_LIST, EVENTS), sh`event_lines`)).toBe(
      [
        '2026-01-02T00:00:00Z\t2026-01-02T00:05:00Z\tWarning\tPod\ta/x\tFailed\tit  "failed"',
        '2026-01-02T00:00:00Z\t\tWarning\tPod\ta/x\tFailed\t',
        '',
      ].join('\n'),
    );
  });

  it('events as a log, the newest last', async () => {
    const event = (time: string, kind: string, namespace: string | undefined, message: string) => ({
      metadata: { creationTimestamp: time },
      involvedObject: { kind, namespace, name: 'x' },
      reason: 'Failed',
      message,
    });
    const text = listText('Event', [
      event('2026-01-02T00:00:00Z', 'Pod', 'a', 'it "failed"'),
      event('2026-01-01T00:00:00Z', 'Node', undefined, 'first'),
    ]);
    const host = await testHost();
    lay(host.root, { text });
    const kubectl = `cat ${host.root}/text`;
    expect(await runWith(shell, host, { kubectl }, KUBERNETES_EVENTS.script)).toEqual({
      code: 0,
      stdout: 'Node x: Failed: first\nPod a/x: Failed: it "failed"\n',
      stderr: '',
    });
  });
});

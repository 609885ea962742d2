import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { rawScript } from '../../../src/shell/script.js';
import { manifest, type Rollout } from '../../../src/tasks/manifest.js';
import {
  runApply,
  runCheck,
  runScript,
  type ScriptResult,
  type ScriptSettings,
  SHELLS,
  type Shell,
  type TestHost,
  testHost,
} from '../run-task.js';
import { ODD_LINE, ODD_NAME, ODD_TEXT, traceOf } from './lifecycle.js';
import { describeSyntax } from './script-syntax.js';

/** Answers of the stand-in for kubectl by call; see stand-ins/kubectl.sh. */
type Answers = Readonly<Record<string, string>>;

const V1_34 = 'Client Version: v1.34.1\nKustomize Version: v5.7.1\n';
const V1_20 =
  'Client Version: version.Info{Major:"1", Minor:"20", GitVersion:"v1.20.2", GoVersion:"go1.19.8"}\n';
const V1_5 = 'Client Version: version.Info{Major:"1", Minor:"5", GitVersion:"v1.5.1", GoVersion:"go1.7.4"}\n';
const REFUSED =
  '#code 1\n#err\nThe connection to the server 10.0.0.1:6443 was refused - did you specify the right host or port?\n';

const CONTENT = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings, namespace: odd }
data:
  text: ${JSON.stringify(ODD_LINE)}
---
apiVersion: v1
kind: Namespace
metadata: { name: odd }
`;
const WEB: Rollout = { kind: 'daemonset', namespace: 'odd', name: 'web' };

/** A line that the stand-in answers with for a daemon set: desired, of the new version, ready, available. */
function daemonSet(numbers: readonly number[], name = 'web'): string {
  const [desired, updated, ready, available] = numbers;
  const none = Array.from({ length: 5 }, () => '<no value>');
  return `${['DaemonSet', 'odd', name, 2, 2, ...none, desired, updated, ready, available, 'RollingUpdate'].join('\t')}\n`;
}

function deployment(replicas: number, updated: number, available: number, all = updated): string {
  const none = Array.from({ length: 4 }, () => '<no value>');
  return `${['Deployment', 'odd', 'app', 1, 1, replicas, all, updated, available, available, ...none, ''].join('\t')}\n`;
}

const ALL_RUN = daemonSet([2, 2, 2, 2]);

function task(more: Partial<Parameters<typeof manifest>[0]> = {}): Task {
  return manifest({ id: 'm', name: 'the web', content: CONTENT, rollouts: [WEB], ...more });
}

interface Cluster {
  readonly host: TestHost;
  readonly settings: ScriptSettings;
  /** What kubectl was asked, in order. */
  readonly calls: () => Promise<string[]>;
  /** What it was given on its standard input. */
  readonly input: (call: string) => Promise<string>;
  readonly answer: (answers: Answers) => Promise<void>;
}

/** A control plane whose kubectl is a stand-in. */
async function cluster(answers: Answers): Promise<Cluster> {
  const host = await testHost();
  const folder = join(host.base, 'stand-in');
  const bin = join(host.base, 'bin');
  const run = join(host.base, 'run');
  for (const each of [folder, bin, run]) await mkdir(each);
  await copyFile(new URL('./stand-ins/kubectl.sh', import.meta.url), join(bin, 'kubectl'));
  const conf = join(host.base, 'admin.conf');
  await writeFile(conf, 'x');
  const answer = async (more: Answers): Promise<void> => {
    for (const [call, text] of Object.entries(more)) await writeFile(join(folder, call), text);
  };
  await answer({ version: V1_34, diff: '', workloads: ALL_RUN, ...answers });
  return {
    host,
    answer,
    settings: {
      env: {
        PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`,
        STAND_IN: folder,
        MANIFEST_CONF: conf,
        PROVISION_RUN_ROOT: run,
      },
    },
    calls: async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n'),
    input: (call) => readFile(join(folder, `${call}.stdin`), 'utf8'),
  };
}

/** Checks, and sees that nothing is left: neither in the host's folders nor in memory. */
async function check(
  shell: Shell,
  { host, settings }: Cluster,
  each: Task,
  more: ScriptSettings = {},
): Promise<ScriptResult> {
  const before = await traceOf(host);
  const result = await runCheck(shell, host, each, { ...settings, ...more });
  expect(await traceOf(host)).toEqual(before);
  expect(await readdir(join(host.base, 'run'))).toEqual([]);
  expect(result.stderr).toBe('');
  return result;
}

async function apply(shell: Shell, { host, settings }: Cluster, each: Task): Promise<ScriptResult> {
  const result = await runApply(shell, host, each, settings);
  expect(await readdir(join(host.base, 'run'))).toEqual([]);
  expect(result.stderr).toBe('');
  return result;
}

const DIFFERENCE = `diff -u -N /x/LIVE-1/v1.ConfigMap.odd.settings /x/MERGED-2/v1.ConfigMap.odd.settings
--- /x/LIVE-1/v1.ConfigMap.odd.settings\t2026-01-01 00:00:00.0 +0000
+++ /x/MERGED-2/v1.ConfigMap.odd.settings\t2026-01-01 00:00:00.0 +0000
@@ -1,9 +1,9 @@
 apiVersion: v1
-  text: old
+  text: new
 kind: ConfigMap
 metadata:
   creationTimestamp: "2026-01-01T00:00:00Z"
   annotations:
     kubectl.kubernetes.io/last-applied-configuration: |
       {"apiVersion":"v1"}
   managedFields:
   - apiVersion: v1
     fieldsV1:
       f:data: {}
+    time: "2026"
   name: settings
`;

describe.each(SHELLS)('manifest in $name', (shell) => {
  it('is as declared, and keeps nothing of what it asked', async () => {
    const control = await cluster({});
    expect(await check(shell, control, task())).toMatchObject({ code: 0, stdout: '' });
    const [version, diff, workloads, ...rest] = await control.calls();
    expect(version).toBe('version --client');
    expect(diff).toBe('diff --server-side --field-manager=provision -f -');
    expect(workloads).toMatch(/^get daemonsets,deployments,statefulsets --all-namespaces -o go-template=/);
    expect(rest).toEqual([]);
    const given = await control.input('diff');
    expect(given.indexOf('kind: Namespace')).toBeLessThan(given.indexOf('kind: ConfigMap'));
    expect(given).toContain(JSON.stringify(ODD_LINE));
  });

  it('compares on the client below 1.22, and shows what differs without what the API server keeps for itself', async () => {
    const control = await cluster({ version: V1_20, diff: `#code 1\n${DIFFERENCE}` });
    expect(await check(shell, control, task())).toMatchObject({
      code: 1,
      stdout: `--- v1.ConfigMap.odd.settings (in the cluster)
+++ v1.ConfigMap.odd.settings (declared)
@@
 apiVersion: v1
-  text: old
+  text: new
 kind: ConfigMap
 metadata:
   annotations:
   name: settings
`,
    });
    expect((await control.calls())[1]).toBe('diff -f -');
  });

  it('is new as a whole when its namespace or its kinds are new', async () => {
    const namespace = '#code 1\n#err\nError from server (NotFound): namespaces "odd" not found\n';
    const control = await cluster({ diff: namespace });
    expect(await check(shell, control, task())).toMatchObject({
      code: 1,
      stdout:
        'The namespace odd is not there yet. Of the web will be made:\nNamespace odd\nConfigMap odd/settings\n',
    });
    const kinds =
      '#code 1\n#err\nerror: resource mapping not found for name: "a" namespace: "" from "STDIN": no matches for kind "A" in version "b/v1"\n';
    await control.answer({ diff: kinds });
    const definition =
      'kind: CustomResourceDefinition\nmetadata: { name: as.b }\n---\nkind: A\nmetadata: { name: a }\n';
    const kindsNew = await check(shell, control, task({ content: definition }));
    expect(kindsNew).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Its kinds are not there yet') as string,
    });
    const unknown = await check(shell, control, task());
    expect(unknown.code).toBe(2);
    expect(unknown.stdout).toContain(
      'This version of Kubernetes does not know a kind that the web consists of.',
    );
  });

  it('could not tell without an API server, unless an earlier task may bring one', async () => {
    const control = await cluster({ diff: REFUSED });
    const alone = await check(shell, control, task());
    expect(alone.code).toBe(2);
    expect(alone.stdout).toContain('was refused');
    expect(alone.stdout).toContain('The API server did not answer kubectl on this host.');
    expect((await check(shell, control, task(), { pending: ['kubeadm-init'] })).code).toBe(1);

    const bare = { env: { ...control.settings.env, MANIFEST_CONF: '/nonexistent' } };
    expect(await check(shell, control, task(), bare)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('There is no /nonexistent on this host') as string,
    });
    expect((await check(shell, control, task(), { ...bare, pending: ['x'] })).code).toBe(1);
    const missing = task({ content: { path: '/nonexistent' } });
    expect((await check(shell, control, missing)).stdout).toContain('is not on this host (yet)');
    expect((await check(shell, control, missing, { pending: ['download'] })).code).toBe(1);
  });

  it('says how far the pods are, in one call for all of them', async () => {
    const rollouts: readonly Rollout[] = [
      WEB,
      { kind: 'deployment', namespace: 'odd', name: 'app' },
      { kind: 'statefulset', namespace: 'odd', name: 'gone' },
    ];
    const control = await cluster({
      workloads: daemonSet([3, 3, 1, 1]) + deployment(2, 2, 1, 3) + daemonSet([1, 1, 1, 1], 'other'),
    });
    expect(await check(shell, control, task({ rollouts }))).toMatchObject({
      code: 1,
      stdout: `daemonset odd/web: 1 of 3 pods are ready
deployment odd/app: 1 of 2 pods are ready, 1 of an earlier version have to end
statefulset odd/gone: is not there
`,
    });
    await control.answer({ workloads: daemonSet([3, 1, 3, 3]) + deployment(2, 2, 2) });
    const [first, second] = rollouts;
    const two = { rollouts: [first, second].filter((each) => each !== undefined) };
    expect((await check(shell, control, task(two))).stdout).toBe(
      'daemonset odd/web: 1 of 3 pods are of the new version, 3 ready\n',
    );
    await control.answer({ workloads: daemonSet([0, 0, 0, 0]) + deployment(2, 2, 2) });
    expect((await check(shell, control, task(two))).code).toBe(0);
    await control.answer({ workloads: REFUSED });
    expect(await check(shell, control, task(two))).toMatchObject({ code: 2 });
    expect((await control.calls()).filter((call) => call.startsWith('get ')).length).toBe(4);
  });

  it('reads what Kubernetes 1.5 says of its pods, which is less', async () => {
    const none = '<no value>';
    const old = ['DaemonSet', 'odd', 'web', 1, 1, none, none, none, none, none, 2, none, 1, none, ''];
    const sets = ['StatefulSet', 'odd', 'db', 1, none, 2, 2, none, none, none, none, none, none, none, ''];
    const rollouts: readonly Rollout[] = [WEB, { kind: 'statefulset', namespace: 'odd', name: 'db' }];
    const control = await cluster({ workloads: `${old.join('\t')}\n${sets.join('\t')}\n` });
    expect((await check(shell, control, task({ rollouts }))).stdout).toBe(
      'daemonset odd/web: 1 of 2 pods are ready\n',
    );
    await control.answer({ workloads: `${old.with(12, 2).join('\t')}\n${sets.join('\t')}\n` });
    expect((await check(shell, control, task({ rollouts }))).code).toBe(0);
    await control.answer({ workloads: `${old.with(12, 2).with(4, none).join('\t')}\n${sets.join('\t')}\n` });
    expect((await check(shell, control, task({ rollouts }))).stdout).toBe(
      'daemonset odd/web: has not been taken up by its controller yet\n',
    );
  });

  it('is applied, kinds first, and removes nothing', async () => {
    const content = `kind: A\nmetadata: { name: a }\n---\n${CONTENT}\n---\nkind: CustomResourceDefinition\nmetadata: { name: as.b }\n`;
    const established =
      'kind: CustomResourceDefinition\nstatus:\n  conditions:\n  - status: "True"\n    type: Established\n';
    const control = await cluster({
      apply: 'applied\n',
      'objects.1': 'kind: CustomResourceDefinition\n',
      objects: established,
    });
    expect(await apply(shell, control, task({ content }))).toMatchObject({
      code: 0,
      stdout: 'applied\napplied\n',
    });
    const calls = (await control.calls()).map((call) => call.replace(/-f \/.*\//, '-f '));
    expect(calls.slice(1, 5)).toEqual([
      'apply -f content --server-side --field-manager=provision',
      'get -f kinds -o yaml',
      'get -f kinds -o yaml',
      'apply -f content --server-side --field-manager=provision',
    ]);
  });

  it('takes nothing from others, but what an earlier apply has set', async () => {
    const conflict = (name: string): string =>
      `#code 1\n#err\nError from server (Conflict): Apply failed with 1 conflict: conflict with "${name}" using v1: .data.text\n`;
    const control = await cluster({ diff: conflict('kubectl-edit'), apply: conflict('kubectl-edit') });
    const refused = await check(shell, control, task());
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('Someone else has set fields of the web to other values');
    expect((await apply(shell, control, task())).code).not.toBe(0);
    expect(await control.calls()).not.toContainEqual(expect.stringContaining('--force-conflicts'));

    const earlier = conflict('kubectl-client-side-apply');
    const upgraded = await cluster({
      'diff.1': earlier,
      diff: `#code 1\n${DIFFERENCE}`,
      'apply.1': earlier,
      apply: 'applied\n',
    });
    const shown = await check(shell, upgraded, task());
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(
      /^What an earlier kubectl apply has set is taken over:\n--- v1.ConfigMap.odd.settings/,
    );
    expect(await apply(shell, upgraded, task())).toMatchObject({ code: 0, stdout: 'applied\n' });
  });

  it('waits for the pods, says why they are not ready, and gives up in time', async () => {
    const pods = [
      'P\tweb-abcde\tnode2\tRunning\t\t',
      'C\tmain\tfalse\t3\tCrashLoopBackOff: back-off 40s\t\tError (exit code 3)',
      'P\tweb-fghij\t\tPending\t\t0/3 nodes are available: 3 node(s) had taint {node-role.kubernetes.io/master: }.',
      'P\tweb-klmno\tnode3\tRunning\t\t',
      'IC\tprepare\ttrue\t0\t\tCompleted (exit code 0)\t',
      'C\tmain\ttrue\t0\t\t\t',
      'P\tweb-other-abcde\tnode3\tPending\t\t',
    ];
    const events = [
      '2026-01-01T00:00:02Z\tWarning\tweb-abcde\tFailedCreatePodSandBox\tfailed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24',
      '2026-01-01T00:00:01Z\tWarning\tweb-abcde\tBackOff\tBack-off',
      '2026-01-01T00:00:03Z\tNormal\tweb-abcde\tPulled\tno',
      '2026-01-01T00:00:04Z\tWarning\tsomeone-else\tBackOff\tno',
    ];
    const control = await cluster({
      apply: 'applied\n',
      workloads: daemonSet([3, 3, 1, 1]),
      pods: `${pods.join('\n')}\n`,
      events: `${events.join('\n')}\n`,
      logs: 'dial tcp 10.96.0.1:443: i/o timeout\n',
    });
    const failed = await apply(shell, control, task({ timeout: 8 }));
    expect(failed.code).toBe(1);
    const reasons = `  web-abcde on node2: main waits: CrashLoopBackOff: back-off 40s; before that it ended: Error (exit code 3)
  web-fghij: no node takes it: 0/3 nodes are available: 3 node(s) had taint {node-role.kubernetes.io/master: }.
`;
    expect(failed.stdout.replace(/\(\d of/, '(N of').replace(/waited \d+ s/, 'waited N s')).toBe(`applied
waiting for daemonset odd/web: 1 of 3 pods are ready (N of 8 s)
${reasons}waited N s for the pods of the web in vain
daemonset odd/web: 1 of 3 pods are ready
${reasons}  the last warnings:
    web-abcde: BackOff: Back-off
    web-abcde: FailedCreatePodSandBox: failed to set bridge addr: "cni0" already has an IP address different from 10.244.1.1/24
  the last lines of main in web-abcde:
    dial tcp 10.96.0.1:443: i/o timeout
`);
    expect(await control.calls()).toContain('logs --namespace=odd web-abcde -c main --tail=8');
  });

  it('goes on as soon as the pods run', async () => {
    const control = await cluster({
      apply: 'applied\n',
      'workloads.1': daemonSet([2, 2, 1, 1]),
      'workloads.2': REFUSED,
    });
    expect(await apply(shell, control, task())).toMatchObject({ code: 0, stdout: 'applied\n' });
  });

  it('leaves a mark where kubectl cannot compare', async () => {
    const control = await cluster({
      version: V1_5,
      apply: 'applied\n',
      annotate: '',
      objects: '#code 1\n#err\nError from server (NotFound): namespaces "odd" not found\n',
    });
    expect((await check(shell, control, task())).code).toBe(1);
    expect((await apply(shell, control, task())).code).toBe(0);
    const marks = (await control.calls()).filter((call) => call.startsWith('annotate'));
    expect(marks).toEqual([
      'annotate --overwrite -f - provision.io/sha256-',
      expect.stringMatching(/^annotate --overwrite -f - provision.io\/sha256=[0-9a-f]{64}$/) as string,
    ]);
    expect((await control.calls()).some((call) => call.startsWith('diff'))).toBe(false);
    const mark = marks[1]?.replace(/.*=/, '') ?? '';
    const marked = `  selfLink: /a\n    provision.io/sha256: ${mark}\n`;
    await control.answer({ objects: marked + marked });
    expect((await check(shell, control, task())).code).toBe(0);
    await control.answer({ objects: `${marked}  selfLink: /b\n` });
    expect((await check(shell, control, task())).stdout).toContain(
      '1 of the 2 objects of the web were last applied from something else',
    );
  });

  it('cleans up behind a check that is one of many', async () => {
    const control = await cluster({});
    const many = rawScript(`check_0() {
set -u
${task().check.source}
}
text=$(exec </dev/null 2>&1; check_0)
echo "$? $text"
ls "$PROVISION_RUN_ROOT"
exit 0`);
    expect(await runScript(shell, control.host, many, control.settings)).toMatchObject({
      code: 0,
      stdout: '0 \n',
    });
  });
});

describe('manifest', () => {
  it('refuses what is no object', () => {
    expect(() => task({ content: 'kind: [' })).toThrow('not YAML');
    expect(() => task({ content: 'kind: A\n' })).toThrow('without a kind or a name');
    expect(() => task({ content: { path: 'relative' } })).toThrow('absolute');
  });

  it('keeps documents as they were written', async () => {
    const control = await cluster({});
    const shell = SHELLS[0];
    if (shell === undefined) return;
    const indented = '  kind: A\n  metadata:\n    name: a\n  text: |\n    x\n';
    await check(
      shell,
      control,
      task({ content: `---\n# why\n${indented}---\n\n---\n{"kind": "B", "metadata": {"name": "b"}}\n` }),
    );
    expect(await control.input('diff')).toBe(
      `---\n${indented}---\n{"kind": "B", "metadata": {"name": "b"}}\n`,
    );
  });
});

describeSyntax({
  of: 'manifests',
  tasks: [
    manifest({
      id: 'odd',
      name: ODD_TEXT,
      content: `kind: A\nmetadata:\n  name: ${JSON.stringify(ODD_NAME)}\n---\nkind: CustomResourceDefinition\nmetadata: { name: a }\n`,
      rollouts: [{ kind: 'deployment', namespace: 'a', name: ODD_NAME }],
    }),
    manifest({ id: 'file', name: ODD_LINE, content: { path: `/${ODD_NAME}` }, rollouts: [] }),
  ],
  files: ['manifest', 'manifest-look', 'manifest-rollouts', 'manifest-pods', 'manifest-apply'],
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODES } from '../../../../playbooks/nodes.js';
import { PODS } from '../../../../playbooks/pods.js';
import { lines, rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { ASKS_FOR, listText } from '../api-text.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = lines(PODS, NODES, functionsOf('kubernetes/drain.sh', 'kubernetes/cluster-probes.sh'));
const KUBECTL = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf';

describe.each(SHELLS)('$name: pitfalls that a cluster shows', (shell) => {
  /**
   * @param answers what kubectl prints, by a pattern of its words
   * @param otherwise what it says when it fails, for want of one
   */
  const run = async (answers: Readonly<Record<string, string>>, script: Script, otherwise = 'refused') => {
    const host = await testHost();
    const cases = Object.entries(answers).map(([words, text], index) => {
      lay(host.root, { [String(index)]: text });
      return `  ${words}) cat ${join(host.root, String(index))} ;;`;
    });
    const kube = `kube() { echo "$*" >>${host.base}/calls; case "$*" in\n${cases.join('\n')}\n *) echo '${otherwise}' >&2; return 1 ;; esac; }`;
    return runWith(shell, host, {}, PROBES, rawScript(kube), script);
  };

  describe('kube-proxy', () => {
    const CONFIG = '*--raw=/api/v1/namespaces/kube-system/configmaps/kube-proxy';
    /** @param applied what kubectl apply has written into it last, if anything */
    const config = (text: string, applied?: string) => {
      const dataOf = (conf: string) => ({ data: { 'config.conf': conf, 'kubeconfig.conf': 'kind: Config' } });
      const last = applied === undefined ? {} : { 'last-applied': JSON.stringify(dataOf(applied)) };
      const map = { kind: 'ConfigMap', metadata: { annotations: last }, ...dataOf(text) };
      return run({ [CONFIG]: JSON.stringify(map) }, sh`probe_proxy`);
    };

    it('knows the network of the pods, or is told', async () => {
      expect(await config('a: b\nclusterCIDR: ""\nmode: x\n')).toMatchObject({
        code: 1,
        stdout: 'kube-proxy has no clusterCIDR in its ConfigMap kube-system/kube-proxy.\n',
      });
      expect((await config('a: b\nmode: x\n')).code).toBe(1);
      expect((await config('a: b\nclusterCIDR: ""')).code).toBe(1);
      expect(await config('a: b\nclusterCIDR: 10.244.0.0/16\n')).toEqual({
        code: 0,
        stdout: '',
        stderr: '',
      });
      expect((await config('a: b\nclusterCIDR: "10.244.0.0/16"\n')).code).toBe(0);
      expect((await config('detectLocalMode: NodeCIDR\n')).code).toBe(0);
      const [empty, full] = [
        'a: b\nclusterCIDR: ""\nmode: x\n',
        'a: b\nclusterCIDR: 10.244.0.0/16\nmode: x\n',
      ];
      expect((await config(empty, empty)).code).toBe(1);
      expect((await config(empty, full)).code).toBe(1);
      expect((await config(full, empty)).code).toBe(0);
    });

    it('was told by its command line before, or something else is in its place', async () => {
      const none = 'Error from server (NotFound): configmaps "kube-proxy" not found';
      const command = (line: string) => run({ '*daemonset*': line }, sh`probe_proxy`, none);
      expect((await command('kube-proxy [kube-proxy --kubeconfig=/x]\n')).code).toBe(1);
      expect((await command('kube-proxy [kube-proxy --cluster-cidr=10.244.0.0/16]\n')).code).toBe(0);
      expect((await command('cilium [x]\n')).code).toBe(0);
      expect(await run({}, sh`probe_proxy`)).toMatchObject({
        code: 2,
        stdout: 'the settings of kube-proxy cannot be read: refused\n',
      });
    });
  });

  describe('taints', () => {
    const MASTER = 'node-role.kubernetes.io/master';
    const WHY = `default/x: 0/2 nodes are available: 1 node(s) had taint {${MASTER}: }, that the pod didn't tolerate.\n`;
    /** Of lines "NAMESPACE/POD: WHY". */
    const waiting = (pods: string) =>
      listText(
        'Pod',
        [...pods.matchAll(/^(.*?)\/(.*?): (.*)$/gm)].map(([, namespace, name, message]) => ({
          metadata: { name, namespace },
          status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', message }] },
        })),
      );
    /** Of lines "NODE open|cordoned KEY...". Early taints are an annotation. */
    const nodeList = (nodes: string) =>
      listText(
        'Node',
        nodes
          .trim()
          .split('\n')
          .map((line) => {
            const [name, state, ...keys] = line.split(' ');
            const early = keys.find((key) => key.startsWith('['));
            return {
              metadata: {
                name,
                annotations: early === undefined ? {} : { 'scheduler.alpha.kubernetes.io/taints': early },
              },
              spec: {
                ...(state === 'cordoned' ? { unschedulable: true } : {}),
                taints: early === undefined ? keys.map((key) => ({ key, effect: 'NoSchedule' })) : [],
              },
            };
          }),
      );
    const ask = (pods: string, nodes: string) =>
      run({ [ASKS_FOR.pods]: waiting(pods), [ASKS_FOR.nodes]: nodeList(nodes) }, sh`probe_tainted`);

    it('keep pods away when there is no other node for them', async () => {
      expect(await ask(WHY, `node1 open ${MASTER}\nnode2 cordoned\n`)).toEqual({
        code: 1,
        stdout: `node1 has the taint ${MASTER}, which keeps pods away\n${WHY}`,
        stderr: '',
      });
      const old =
        'a/x: No nodes are available that match all of the following predicates:: PodToleratesNodeTaints (1).\n';
      expect((await ask(old, 'node1 open [{"key":"dedicated","value":"master"}]\n')).stdout).toContain(
        'node1 has the taint dedicated,',
      );
    });

    it('are not to blame for a node that is not ready, for other taints, or without such a pod', async () => {
      expect((await ask(WHY, `node1 open ${MASTER}\nnode2 open node.kubernetes.io/not-ready\n`)).code).toBe(
        0,
      );
      expect((await ask('', `node1 open ${MASTER}\n`)).code).toBe(0);
      expect(
        (await ask('a/x: 0/1 nodes are available: 1 Insufficient cpu.\n', `node1 open ${MASTER}\n`)).code,
      ).toBe(0);
      expect((await ask(WHY, 'node1 open gpu\n')).code).toBe(0);
      expect((await run({}, sh`probe_tainted`)).code).toBe(2);
    });

    it('go, one after the other', async () => {
      const nodes = `node1 open ${MASTER} node-role.kubernetes.io/control-plane\nnode2 open dedicated\n`;
      expect(told(await run({ [ASKS_FOR.nodes]: nodeList(nodes) }, sh`propose_untaint`))).toEqual({
        commands: [
          `${KUBECTL} taint nodes node1 ${MASTER}-`,
          `${KUBECTL} taint nodes node1 node-role.kubernetes.io/control-plane-`,
          `${KUBECTL} taint nodes node2 dedicated-`,
        ],
        refusals: [],
      });
      expect(told(await run({}, sh`propose_untaint`)).refusals).toHaveLength(1);
    });
  });

  describe('rights', () => {
    const log =
      'E1 reflector: nodes is forbidden: User \\"system:serviceaccount:kube-flannel:flannel\\" cannot list resource \\"nodes\\" in API group\n';
    const FAILING = listText('Pod', [
      {
        metadata: { name: 'kube-flannel-x', namespace: 'kube-flannel' },
        status: {
          phase: 'Running',
          containerStatuses: [
            { name: 'install', ready: false, restartCount: 0 },
            { name: 'kube-flannel', ready: false, restartCount: 4 },
            { name: 'side', ready: true, restartCount: 9 },
          ],
        },
      },
    ]);
    const ask = (may: string, said = log) =>
      run({ [ASKS_FOR.pods]: FAILING, '*logs*': said, '*can-i*': may }, sh`probe_rights`);

    it('that a failing pod lacks are told, and not those that it has by now', async () => {
      expect(await ask('no\n')).toEqual({
        code: 1,
        stdout:
          'kube-flannel/kube-flannel-x: User "system:serviceaccount:kube-flannel:flannel" cannot list nodes\n',
        stderr: '',
      });
      expect((await ask('yes\n')).code).toBe(0);
      expect((await ask('no\n', 'panic: something else\n')).code).toBe(0);
      expect(
        (await ask('no\n', 'User "system:serviceaccount:a:b" cannot get pods in the namespace "a".\n'))
          .stdout,
      ).toContain('cannot get pods');
      expect((await run({ [ASKS_FOR.pods]: listText('Pod', []) }, sh`probe_rights`)).code).toBe(0);
      expect((await run({}, sh`probe_rights`)).code).toBe(2);
    });
  });

  it('tokens of secrets that are refused are made anew, and are shown to nobody', async () => {
    const secret = (token: string) => Buffer.from(token).toString('base64');
    const secrets = `${secret('BAD')} a/default-token-x\n${secret('GOOD')} a/other\n- a/empty\n`;
    // It gets "NAME TOKEN" lines, as the one that asks the API server does.
    const script = sh`try() { sed -n -e 's/^\(.*\) BAD$/401 \1/p' -e 's/^\(.*\) GOOD$/200 \1/p'; }
propose_new_tokens try`;
    const result = await run({ '*secrets*': secrets }, script);
    expect(told(result)).toEqual({
      commands: [
        `${KUBECTL} -n a patch secret default-token-x --type=json -p '[{"op":"remove","path":"/data/token"}]'`,
      ],
      refusals: [],
    });
    expect(result.stdout).not.toContain('BAD');
  });

  it('a node is drained until it is, and comes back', async () => {
    const drain = (unschedulable: string) =>
      run({ '*get*node*': unschedulable }, sh`propose_drain node1; propose_return node1`);
    expect(told(await drain('')).commands).toEqual([
      `${KUBECTL} drain node1 --ignore-daemonsets --timeout=120s || ${KUBECTL} cordon node1`,
    ]);
    expect(told(await drain('true')).commands).toEqual([`${KUBECTL} uncordon node1`]);
  });
});

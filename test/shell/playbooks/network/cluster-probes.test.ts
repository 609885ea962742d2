import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODES } from '../../../../playbooks/nodes.js';
import { lines, rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { ASKS_FOR, listText } from '../api-text.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = lines(NODES, functionsOf('network/cluster-probes.sh'));
const KUBECTL = 'kubectl --kubeconfig=/etc/kubernetes/admin.conf';
const WHY =
  'runtime network not ready: message:docker: network plugin is not ready: cni config uninitialized';

describe.each(SHELLS)('$name: pitfalls of the network that the cluster shows', (shell) => {
  /** @param answers what kubectl prints, by a pattern of its words; without one it fails */
  const run = async (
    answers: Readonly<Record<string, string>>,
    script: Script,
    proven: Readonly<Record<string, string>> = {},
  ) => {
    const host = await testHost();
    lay(host.state, proven);
    const cases = Object.entries(answers).map(([words, text], index) => {
      lay(host.root, { [String(index)]: text });
      return `  ${words}) cat ${join(host.root, String(index))} ;;`;
    });
    const kube = `kube() { case "$*" in\n${cases.join('\n')}\n *) echo refused >&2; return 1 ;; esac; }`;
    return runWith(shell, host, {}, PROBES, rawScript(kube), script);
  };
  const nodes = (...states: readonly (readonly [string, string])[]) =>
    listText(
      'Node',
      states.map(([status, message], at) => ({
        metadata: { name: `node${at + 1}` },
        status: { conditions: [{ type: 'Ready', status, message }] },
      })),
    );

  describe('nodes without a network', () => {
    const ask = (state: string, sets = '', proven = {}) =>
      run({ [ASKS_FOR.nodes]: state, '*daemonsets*': sets }, sh`probe_not_configured`, proven);

    it('are told, once the cluster has one', async () => {
      expect(await ask(nodes(['True', ''], ['False', WHY]))).toEqual({
        code: 1,
        stdout: `the node node2 is not ready: ${WHY}\n`,
        stderr: '',
      });
      const all = nodes(['False', WHY], ['False', WHY]);
      expect(await ask(all)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await ask(all, 'daemonset.apps/kube-flannel-ds\n')).code).toBe(1);
      expect((await ask(all, '', { 'proofs/network-pairs': 'x' })).code).toBe(1);
    });

    it('are others than those that are away, or whose runtime is down', async () => {
      expect((await ask(nodes(['True', ''], ['Unknown', 'Kubelet stopped posting node status.']))).code).toBe(
        0,
      );
      expect((await ask(nodes(['True', ''], ['False', `[container runtime is down, ${WHY}]`]))).code).toBe(0);
      expect(await run({}, sh`probe_not_configured`)).toMatchObject({
        code: 2,
        stdout: 'the nodes cannot be asked for: refused\n',
      });
    });

    it('get the plugin anew', async () => {
      const state = nodes(['True', ''], ['False', WHY]);
      const pods =
        'kube-flannel kube-flannel-ds-a node1\nkube-flannel kube-flannel-ds-b node2\nshop web node2\n';
      const propose = (answers: Readonly<Record<string, string>>) => run(answers, sh`propose_plugin_pods`);
      expect(told(await propose({ [ASKS_FOR.nodes]: state, '*pods*': pods }))).toEqual({
        commands: [`${KUBECTL} -n kube-flannel delete pod kube-flannel-ds-b`],
        refusals: [],
      });
      expect(told(await propose({ [ASKS_FOR.nodes]: nodes(['True', '']) })).commands).toEqual([]);
      expect(told(await propose({})).refusals).toHaveLength(1);
    });
  });

  it('flannel on another address than that of the node', async () => {
    const ask = (of: readonly object[]) =>
      run({ [ASKS_FOR.nodes]: listText('Node', of) }, sh`probe_flannel_interface`);
    const node = (name: string, used: string, address: string) => {
      const key = 'flannel.alpha.coreos.com/public-ip';
      const annotations =
        used === '-'
          ? {}
          : { [key]: '10.9.9.9', ...(used === 'given' ? { [`${key}-overwrite`]: used } : { [key]: used }) };
      return {
        metadata: { name, annotations },
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          addresses: [
            { type: 'InternalIP', address },
            { type: 'Hostname', address: name },
          ],
        },
      };
    };
    const well = [
      node('node1', '10.0.0.11', '10.0.0.11'),
      node('node2', '-', '10.0.0.12'),
      node('node3', 'given', '10.0.0.13'),
    ];
    expect((await ask(well)).code).toBe(0);
    expect(await ask([node('node1', '203.0.113.9', '10.0.0.11')])).toMatchObject({
      code: 1,
      stdout:
        'the node node1 has the address 10.0.0.11, and flannel uses 203.0.113.9 as external interface\n',
    });
    expect((await run({}, sh`probe_flannel_interface`)).code).toBe(2);
  });

  it('pools of Calico change to VXLAN, once', async () => {
    const pools = 'default-ipv4-ippool Always\nother CrossSubnet\ndone Never\n';
    expect(told(await run({ '*ippools*': pools }, sh`propose_vxlan`)).commands).toEqual([
      `${KUBECTL} patch ippools.crd.projectcalico.org default-ipv4-ippool --type=merge -p '{"spec":{"ipipMode":"Never","vxlanMode":"Always"}}'`,
      `${KUBECTL} patch ippools.crd.projectcalico.org other --type=merge -p '{"spec":{"ipipMode":"Never","vxlanMode":"CrossSubnet"}}'`,
    ]);
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkContext } from '../../playbooks/network/context.js';
import { flannelObjects } from '../../playbooks/network/flannel/manifests.js';
import { flannelRelease } from '../../playbooks/network/flannel/releases.js';
import { manifestText } from '../../playbooks/network/manifest-text.js';
import { NAMESPACE, serverObjects, triesObjects } from '../../playbooks/network/proof/objects.js';
import { loadInventory } from '../../src/inventory/load.js';
import { factsOf } from '../unit/playbooks/fixtures.js';
import { expectDone, expectNothingToDo } from './ceph-lab.js';
import { foundIn } from './doctor/platform.js';
import { type JsonOutcome, named, startProvision } from './provision.js';
import { type StagedLab, stagedLab } from './staged-lab.js';

const KUBECTL = 'kubectl --kubeconfig /etc/kubernetes/admin.conf';
/** What etcd, kubelet, containers and their logs write all the time, whoever looks. */
const RUNNING_WRITES = [
  /^\/var\/lib\/etcd\/member(\/|$)/,
  /^\/var\/lib\/(docker|containerd)(\/|$)/,
  /^\/var\/lib\/(kubelet|dockershim)(\/|$)/,
  /^\/var\/log\/(pods|containers)(\/|$)/,
  /^\/run(\/|$)/,
];

describe('a cluster of Kubernetes on three hosts, with Docker and flannel', () => {
  let lab: StagedLab;
  let plan: JsonOutcome;
  let first: JsonOutcome;

  beforeAll(async () => {
    lab = await stagedLab('kube', 3, ['hosts', 'docker', 'kubernetes', 'network'], ({ hosts }) => {
      for (const host of Object.values(hosts)) {
        host.roles = host.roles.filter((role) => ['control-plane', 'worker'].includes(role));
      }
      if (hosts['node2'] !== undefined) hosts['node2']['labels'] = { disk: 'fast' };
    });
    await lab.snapshot();
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const kubectl = (words: string): Promise<string> => lab.on('node1', `${KUBECTL} ${words}`);

  const changedByUs = async (host: string): Promise<string[]> =>
    (await lab.changedFiles(host)).filter((path) => !RUNNING_WRITES.some((each) => each.test(path)));

  it('plans it on fresh hosts, and leaves no file changed', async () => {
    plan = await lab.plan();
    expectDone(plan);
    expect(plan.summary.changed).toBeGreaterThan(0);
    for (const host of lab.hosts) expect(await lab.changedFiles(host)).toEqual([]);
  });

  it('brings the hosts to a cluster whose pods reach each other', async () => {
    first = await lab.up();
    expectDone(first);
    expect(named(first.tasks, 'skipped', 'unknown')).toEqual([]);
    const ready = await kubectl(
      `get nodes -o jsonpath='{range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'`,
    );
    expect(ready).toBe('node1 True\nnode2 True\nnode3 True\n');
    expect(await kubectl('get nodes -l disk=fast -o name')).toBe('node/node2\n');
    expect(await kubectl('get namespace -o name')).not.toContain('probe');
  });

  it('tells a matrix of who reached whom', () => {
    const notes = first.tasks.flatMap((task) => task.notes ?? []).join('\n');
    for (const host of lab.hosts) expect(notes).toContain(host);
  });

  it('changed what the plan said, task by task, on all hosts', () => {
    expect(named(first.tasks, 'changed')).toEqual(named(plan.tasks, 'change'));
  });

  it.each(['vxlan', 'host-gw', 'udp'] as const)(
    'writes manifests that the API server takes: flannel with %s, and the probes',
    async (backend) => {
      const inventory = await loadInventory(join(lab.folder, 'lab.yaml'));
      const context = networkContext({
        inventory: { ...inventory, network: { ...inventory.network, backend } },
        facts: factsOf(inventory),
        outputs: new Map(),
      });
      const flannel = context && flannelRelease(context.release.minor, undefined);
      if (context === undefined || flannel === undefined) throw new Error('no flannel for this release');
      const probes = [...serverObjects(context), ...triesObjects(context)];
      const text = manifestText([...flannelObjects(context, flannel), ...probes]);
      const apply = `${KUBECTL} apply --dry-run=server -f -`;
      const answer = await lab.on(
        'node1',
        `{ ${KUBECTL} create namespace ${NAMESPACE} && ${KUBECTL} -n ${NAMESPACE} create serviceaccount probe; } >/dev/null; base64 -d <<END | ${apply}; rc=$?
${Buffer.from(text).toString('base64')}
END
${KUBECTL} delete namespace ${NAMESPACE} >/dev/null; exit "$rc"`,
      );
      expect(answer.trim().split('\n').length).toBe(text.split(/^---$/m).length - 1);
      for (const line of answer.trim().split('\n')) expect(line).toContain('(server dry run)');
    },
  );

  it('changes nothing the second time', async () => {
    expectNothingToDo(await lab.up());
  });

  it('plans nothing more, and leaves no file changed then either', async () => {
    await lab.snapshot();
    expectNothingToDo(await lab.plan());
    for (const host of lab.hosts) expect(await changedByUs(host)).toEqual([]);
  });

  it('plans and repairs a kubelet that was stopped, and a taint that keeps pods away', async () => {
    await lab.on('node3', 'systemctl disable --now kubelet');
    await kubectl('taint node node1 node-role.kubernetes.io/master=:NoSchedule');
    const expected = ['node1 kubernetes/kubernetes-taints', 'node3 kubernetes/kubelet-service'];
    expect(named((await lab.plan()).tasks, 'change')).toEqual(expected);
    const cured = await lab.up();
    expectDone(cured);
    expect(named(cured.tasks, 'changed')).toEqual(expected);
    expectNothingToDo(await lab.plan());
  });

  it("kubectl-tls-timeout: a proxy of the operator's machine that leads nowhere is found, and not with its exception", async () => {
    // Nobody has this address of the lab's network.
    const nowhere = lab.address('node1').replace(/\d+$/, '250');
    const proxy = { HTTPS_PROXY: `http://${nowhere}:3128`, NO_PROXY: '' };
    const env = Object.entries(proxy).map(([name, value]) => `${name}=${value}`);
    const failing = await lab.exec('node1', ['env', ...env, ...KUBECTL.split(' '), 'get', 'nodes']);
    expect(failing.stderr).toContain('Unable to connect to the server: proxyconnect tcp');
    const doctor = async (more: Readonly<Record<string, string>>) => {
      const words = ['doctor', 'lab.yaml', '--output', 'json'];
      return foundIn(await startProvision(lab.folder, words, { ...proxy, ...more }).ended);
    };
    expect(await doctor({})).toEqual(['kubectl-tls-timeout']);
    expect(await doctor({ NO_PROXY: lab.address('node1') })).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import { expectDone, expectNothingToDo } from '../ceph-lab.js';
import { CLUSTER_WELL, KUBECTL, type KubeLab, kubeLab } from '../kube-lab.js';
import { named, provision } from '../provision.js';
import { until } from '../until.js';

const ROLLED_OUT = 'node1 network/network-plugin';
const PROOFS = '/var/lib/provision/proofs';
const LEASES = '/var/lib/cni/networks/cbr0';

/** Each failure is made to happen first, in the documented words, and then cured. */
describe('the pitfalls of the pod network', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({ name: 'net-pitfalls', hosts: 2, upTo: CLUSTER_WELL });
  });

  beforeEach(async () => {
    await lab.backToWell();
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const pitfallOf = (text: string): string | undefined => matchPitfall(text.split('\n'), catalogue)?.id;

  /** A pod on node2 that does nothing. */
  const runPod = async (name: string): Promise<void> => {
    const overrides = JSON.stringify({ spec: { nodeName: 'node2', terminationGracePeriodSeconds: 0 } });
    await lab.kubectl(
      `run ${name} --image=busybox:1.35 --image-pull-policy=IfNotPresent --restart=Never --overrides='${overrides}' -- sleep 3600`,
    );
  };

  const isRunning = (name: string): Promise<void> =>
    until(`${name} runs`, 120, async () =>
      (await lab.kubectl(`get pod ${name} --no-headers`)).includes('Running'),
    );

  /** The pod cannot start, and its events say why in words that the catalogue knows. */
  const failsWith = async (name: string, pitfall: string, words: string): Promise<void> => {
    let events = '';
    await until(`${name} fails with ${words}`, 120, async () => {
      events = await lab.kubectl(
        `get events --field-selector involvedObject.name=${name} -o custom-columns=M:.message --no-headers`,
      );
      return events.includes(words);
    });
    expect(pitfallOf(events)).toBe(pitfall);
  };

  const isCured = async (...changed: readonly string[]): Promise<void> => {
    const cured = await lab.upAgain();
    expectDone(cured);
    // Whoever is quick enough sees flannel's pod start anew, and waits for it.
    const others = named(cured.tasks, 'changed').filter((name) => name !== ROLLED_OUT);
    expect(others).toEqual(changed.filter((name) => name !== ROLLED_OUT));
    expectNothingToDo(await lab.upAgain());
  };

  it('flannel-subnet-env: lost, it is written again by flannel, with the subnet of the node', async () => {
    const before = await lab.on('node2', 'cat /run/flannel/subnet.env');
    await lab.on('node2', 'rm /run/flannel/subnet.env');
    await runPod('lost');
    await failsWith('lost', 'flannel-subnet-env', 'open /run/flannel/subnet.env: no such file or directory');
    await isCured('node2 network/network-flannel-subnet');
    expect(await lab.on('node2', 'cat /run/flannel/subnet.env')).toBe(before);
    await isRunning('lost');
  });

  it('flannel-subnet-env: the copy of another node, as the article has it, is seen and undone', async () => {
    const before = await lab.on('node2', 'cat /run/flannel/subnet.env');
    const others = await lab.on('node1', 'cat /run/flannel/subnet.env');
    await lab.on('node2', `printf '%s' '${others}' >/run/flannel/subnet.env`);
    await isCured('node2 network/network-flannel-subnet');
    expect(await lab.on('node2', 'cat /run/flannel/subnet.env')).toBe(before);
  });

  it('cni-address-conflict: a bridge of another subnet goes when no pod hangs on it, and is left when one does', async () => {
    await lab.kubectl('drain node2 --ignore-daemonsets --force --delete-emptydir-data');
    await lab.on(
      'node2',
      'ip address flush dev cni0 scope global; ip address add 10.244.99.1/24 dev cni0; ip link set cni0 up',
    );
    await lab.kubectl('uncordon node2');
    await runPod('conflict');
    await failsWith('conflict', 'cni-address-conflict', 'already has an IP address different from');
    await isCured('node2 network/network-cni0');
    await isRunning('conflict');

    await lab.on('node2', 'ip address flush dev cni0 scope global; ip address add 10.244.99.1/24 dev cni0');
    const { code, stdout, stderr } = await provision(lab.folder, [
      'up',
      'lab.yaml',
      '--stage',
      'network',
      '--yes',
      '--output',
      'plain',
    ]);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('pitfall cni-address-conflict');
    expect(stdout + stderr).toContain('kubectl drain node2 --ignore-daemonsets');
    expect(await lab.kubectl('get pod conflict --no-headers')).toContain('Running');
  });

  it('cni-ip-exhausted: leases of containers that are gone are freed, and no others', async () => {
    await runPod('living');
    await isRunning('living');
    const own = (await lab.kubectl('get pod living -o jsonpath={.status.podIP}')).trim();
    await lab.on(
      'node2',
      `prefix=$(sed -n 's/^FLANNEL_SUBNET=\\(.*\\)\\.1\\/24$/\\1/p' /run/flannel/subnet.env)
      for last in $(seq 2 254); do
        file=${LEASES}/$prefix.$last
        [ -e "$file" ] || { printf '%064d\\r\\neth0' "$last" >"$file"; touch -d '1 hour ago' "$file"; }
      done`,
    );
    await runPod('starved');
    await failsWith('starved', 'cni-ip-exhausted', 'no IP addresses available in');
    await isCured('node2 network/network-leases');
    await isRunning('starved');
    expect(await lab.on('node2', `ls ${LEASES}`)).toContain(own);
    expect(await lab.on('node2', `ls ${LEASES}`)).toContain('last_reserved_ip');
  });

  it('network-cross-node: a closed port of the overlay is told, pair by pair, and well again when it is open', async () => {
    const rule = 'INPUT -p udp --dport 8472 -j DROP';
    await lab.on('node2', `iptables -I ${rule}`);
    await lab.on('node1', `rm -f ${PROOFS}/network-pairs`);
    const { code, stdout, stderr } = await provision(lab.folder, [
      'up',
      'lab.yaml',
      '--stage',
      'network',
      '--yes',
      '--output',
      'plain',
    ]);
    const told = stdout + stderr;
    expect(code, told).toBe(1);
    expect(told).toContain('pitfall network-cross-node');
    expect(told).toContain('8472');
    await until('the probes are gone', 180, async () => {
      return !(await lab.kubectl('get namespaces -o name')).includes('provision-probe');
    });
    await lab.on('node2', `iptables -D ${rule}`);
    await isCured('node1 network/network-pairs');
  });

  it('hosts-timezone-pods: a pod of ours shows the time of its host, one without the volume does not', async () => {
    await runPod('own-time');
    await isRunning('own-time');
    expect((await lab.kubectl('exec own-time -- date +%Z')).trim()).toBe('UTC');
    const pod = (
      await lab.kubectl('-n kube-flannel get pods --field-selector spec.nodeName=node2 -o name')
    ).trim();
    const ours = await lab.kubectl(`-n kube-flannel exec ${pod} -c kube-flannel -- date +%Z`);
    expect(ours.trim()).toBe((await lab.on('node2', 'date +%Z')).trim());
    expect(ours.trim()).toBe('CST');
  });

  it('pods-service-account: a pod without the rights that it needs is told, and given them again', async () => {
    await lab.kubectl('delete clusterrolebinding flannel');
    await lab.kubectl('-n kube-flannel delete pods --all --wait=false');
    let log = '';
    await until('flannel is refused', 180, async () => {
      log = await lab.said(
        'node1',
        `for pod in $(${KUBECTL} -n kube-flannel get pods -o name); do ${KUBECTL} -n kube-flannel logs "$pod" -c kube-flannel --tail=5; done`,
      );
      return log.includes('forbidden');
    });
    expect(pitfallOf(log)).toBe('pods-service-account');
    await isCured('node1 network/network-plugin');
    await lab.untilWell();
  });
});

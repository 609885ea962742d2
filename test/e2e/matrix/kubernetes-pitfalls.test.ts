import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { matchPitfall } from '../../../src/pitfalls/match.js';
import { expectDone, expectNothingToDo } from '../ceph-lab.js';
import { CLUSTER_WELL, KUBECTL, type KubeLab, kubeLab } from '../kube-lab.js';
import { named, provision, provisionJson } from '../provision.js';
import { until } from '../until.js';

const MASTER = 'node-role.kubernetes.io/master';
const FULL_SET = [
  'imagefs.available',
  'imagefs.inodesFree',
  'memory.available',
  'nodefs.available',
  'nodefs.inodesFree',
];

/** Each failure is made to happen first, in the documented words, and then cured. */
describe('the pitfalls of Kubernetes', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({ name: 'kube-pitfalls', hosts: 2, upTo: CLUSTER_WELL });
    await lab.write('evicting.yaml', ({ kubernetes }) => {
      kubernetes['evictionHard'] = { 'nodefs.available': '99%' };
    });
    await lab.write('dedicated.yaml', ({ hosts, kubernetes }) => {
      kubernetes['schedulableControlPlane'] = false;
      if (hosts['node1'] !== undefined) hosts['node1'].roles = ['control-plane'];
    });
    await lab.write('blocked.yaml', ({ kubernetes }) => {
      // An address of the lab's own network that no host has.
      kubernetes['imageRepository'] = `${lab.address('node1').replace(/\d+$/, '250')}:5000/kubernetes`;
    });
  });

  beforeEach(async () => {
    await lab.backToWell();
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const pitfallOf = (text: string): string | undefined => matchPitfall(text.split('\n'), catalogue)?.id;

  /** The operator reads which pitfall this is, and what to do. */
  const failsTelling = async (pitfall: string, advice: string, ...words: string[]): Promise<string> => {
    const outcome = await provision(lab.folder, ['up', '--yes', '--output', 'plain', ...words]);
    const told = outcome.stdout + outcome.stderr;
    expect(outcome.code, told).toBe(1);
    expect(told).toContain(`pitfall ${pitfall}`);
    expect(told).toContain(advice);
    return told;
  };

  const isCured = async (): Promise<void> => {
    expectDone(await lab.up());
    await lab.untilWell();
    expectNothingToDo(await lab.upAgain());
  };

  const reset = async (...options: string[]): Promise<void> => {
    const words = [
      'reset',
      'lab.yaml',
      '--stage',
      'kubernetes',
      '--cluster',
      'e2e-kube-pitfalls',
      ...options,
    ];
    const outcome = await provision(lab.folder, [...words, '--output', 'plain']);
    expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
  };

  it('kubeadm-leftovers: an interrupted kubeadm of somebody else is told, reset, and the host joins', async () => {
    await reset('--host', 'node2');
    await lab.on(
      'node2',
      'mkdir -p /etc/kubernetes/manifests && touch /etc/kubernetes/manifests/kube-apiserver.yaml /etc/kubernetes/admin.conf',
    );
    const shown = await lab.said('node2', 'kubeadm init phase preflight --ignore-preflight-errors=Mem');
    expect(shown).toContain('kube-apiserver.yaml already exists');
    expect(pitfallOf(shown)).toBe('kubeadm-leftovers');
    await failsTelling(
      'kubeadm-leftovers',
      'provision reset --stage kubernetes --host node2',
      'lab.yaml',
      '--stage',
      'kubernetes',
    );
    await reset('--host', 'node2');
    await isCured();
  });

  it('kubeadm-reset-leaves-links: kubeadm leaves links and rules, our reset does not', async () => {
    const links = `ip -o link | grep -oE '(cni0|flannel\\.1)' | sort -u`;
    const chains = `iptables-save | grep -cE '^:(KUBE|CNI)-' || :`;
    await lab.on('node2', 'kubeadm reset -f');
    expect(await lab.on('node2', links)).toBe('cni0\nflannel.1\n');
    expect(Number(await lab.on('node2', chains))).toBeGreaterThan(0);
    await reset('--host', 'node2');
    expect(await lab.on('node2', links)).toBe('');
    expect(await lab.on('node2', chains)).toBe('0\n');
    expect(await lab.on('node2', 'find /etc/cni/net.d /var/lib/cni -mindepth 1 2>/dev/null || :')).toBe('');
    await isCured();
  });

  it('kubeadm-advertise-address: kubeadm takes the address of the default route, ours is the private one', async () => {
    await lab.on(
      'node1',
      `ip link add public0 type veth peer name public1 && ip link set public0 up && ip link set public1 up
      ip address add 203.0.113.9/24 dev public0 && ip route add default via 203.0.113.1 dev public0 metric 0 2>/dev/null ||
      ip route replace default via 203.0.113.1 dev public0`,
    );
    const names = await lab.on(
      'node1',
      'kubeadm init phase certs all --cert-dir /tmp/shown >/dev/null 2>&1; openssl x509 -noout -text -in /tmp/shown/apiserver.crt',
    );
    expect(names).toContain('203.0.113.9');
    const own = await lab.on('node1', 'openssl x509 -noout -text -in /etc/kubernetes/pki/apiserver.crt');
    expect(own).not.toContain('203.0.113.9');
    const manifest = await lab.on('node1', 'cat /etc/kubernetes/manifests/kube-apiserver.yaml');
    expect(manifest).toContain(`--advertise-address=${lab.address('node1')}`);
    const addresses = await lab.kubectl(
      `get nodes -o jsonpath='{.items[*].status.addresses[?(@.type=="InternalIP")].address}'`,
    );
    expect(addresses).toBe(lab.hosts.map((host) => lab.address(host)).join(' '));
  });

  it('kubelet-eviction-nodefs: a threshold evicts; taken back, the node is well, and no threshold is lost', async () => {
    const refused = await provision(lab.folder, ['up', 'evicting.yaml', '--yes', '--output', 'plain']);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('below 99% kubelet reports DiskPressure');
    expectDone(await provisionJson(lab.folder, ['stage', 'kubernetes', 'evicting.yaml', '--yes']));
    const pressure = `${KUBECTL} get nodes -o jsonpath='{.items[*].status.conditions[?(@.type=="DiskPressure")].status}'`;
    await until('DiskPressure', 120, async () => (await lab.said('node1', pressure)).includes('True'));
    const log = await lab.said('node2', 'journalctl -q -u kubelet -n 200 -o cat | grep -i eviction');
    expect(pitfallOf(log)).toBe('kubelet-eviction-nodefs');
    expectDone(await lab.up('lab.yaml', '--to', 'kubernetes'));
    await until('no DiskPressure', 400, async () => !(await lab.said('node1', pressure)).includes('True'));
    const config = JSON.parse(await lab.kubectl('get --raw /api/v1/nodes/node2/proxy/configz')) as {
      kubeletconfig: { evictionHard: Record<string, string> };
    };
    expect(Object.keys(config.kubeletconfig.evictionHard).sort()).toEqual(FULL_SET);
  });

  it('kubeadm-master-tainted: nothing runs on a control plane of its own, until it may', async () => {
    expectDone(await lab.up('dedicated.yaml'));
    await lab.kubectl('cordon node2');
    await lab.kubectl('run waiting --image=busybox:1.35 --image-pull-policy=IfNotPresent -- sleep 3600');
    await until('the pod is not scheduled', 60, async () => {
      const events = await lab.kubectl('get events -o custom-columns=M:.message --no-headers');
      return events.includes(MASTER) && pitfallOf(events) === 'kubeadm-master-tainted';
    });
    const cured = await lab.upAgain();
    expect(named(cured.tasks, 'changed')).toContain('node1 kubernetes/kubernetes-taints');
    await until('the pod runs', 60, async () =>
      (await lab.kubectl('get pod waiting --no-headers')).includes('Running'),
    );
  });

  it('hosts-registry-blocked: a registry that does not answer is told before kubeadm begins', async () => {
    const told = await failsTelling(
      'hosts-registry-blocked',
      'kubernetes.imageRepository',
      'blocked.yaml',
      '--stage',
      'kubernetes',
    );
    expect(told).toContain('kubernetes-images failed');
    await isCured();
  });
});

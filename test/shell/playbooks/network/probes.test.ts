import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REACH } from '../../../../playbooks/reach.js';
import { lines, rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost, type TestHost } from '../../run-task.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = lines(REACH, functionsOf('network/nodes/cni.sh', 'network/probes.sh'));
const CURES = functionsOf('network/cures.sh');
const FLANNEL = '{"name": "cbr0", "plugins": [{"type": "flannel"}]}';
const ENV = (address: string): string =>
  `FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=${address}\nFLANNEL_MTU=1450\n`;

/** The interfaces of a node, as ip shows them; what is not given is not there. */
function ip({ overlay = '', bridge = '', routes = '', neighbours = '', link = '' }): string {
  return `case "$*" in
  '-4 -o addr show dev flannel.1') [ -z '${overlay}' ] || echo '7: flannel.1    inet ${overlay}/32 scope global flannel.1' ;;
  '-4 -o addr show dev cni0') [ -z '${bridge}' ] || echo '8: cni0    inet ${bridge} brd x scope global cni0' ;;
  '-4 route show exact '*) printf '%s\\n' '${routes}' | grep -e "^$5 " ;;
  '-4 route show dev flannel.1') printf '%s\\n' '${routes}' ;;
  '-4 route show dev tunl0') printf '%s\\n' '${routes}' ;;
  '-4 neigh show dev flannel.1') printf '%s\\n' '${neighbours}' ;;
  '-d -o link show dev flannel.1') printf '%s\\n' '${link}' ;;
esac`;
}

/** A node, as far as its files tell. */
async function node(files: Readonly<Record<string, string>> = {}): Promise<TestHost> {
  const host = await testHost();
  lay(host.root, {
    'etc/kubernetes/kubelet.conf': 'x',
    'etc/cni/net.d/10-flannel.conflist': FLANNEL,
    'run/flannel/subnet.env': ENV('10.244.1.1/24'),
    ...files,
  });
  return host;
}

describe.each(SHELLS)('$name: pitfalls of the network on a node', (shell) => {
  const run = (host: TestHost, script: Script, programs: Readonly<Record<string, string>>, runs = '42') =>
    runWith(shell, host, programs, PROBES, rawScript(`flanneld() { printf '${runs}'; }`), script);

  it.each([
    ['10.244.1.1/24', '10.244.1.0/24'],
    ['10.244.1.129/25', '10.244.1.128/25'],
    ['10.244.7.1/23', '10.244.6.0/23'],
    ['10.244.64.1/20', '10.244.64.0/20'],
  ])('the network of %s', async (address, network) => {
    const { stdout } = await run(await testHost(), sh`network_of ${address}`, {});
    expect(stdout.trim()).toBe(network);
  });

  describe('subnet.env', () => {
    const OWN = { ip: ip({ overlay: '10.244.1.0' }) };
    const ask = (host: TestHost, programs = OWN, runs = '42') =>
      run(host, sh`probe_subnet_env ${host.root}`, programs, runs);

    it('is there and says the part of the node', async () => {
      expect(await ask(await node())).toEqual({ code: 0, stdout: '', stderr: '' });
    });

    it('is lost, or flanneld does not run', async () => {
      const host = await node({ 'run/flannel/subnet.env': '' });
      expect(await ask(host)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('no such file or directory; flanneld runs on this node'),
      });
      expect((await ask(host, OWN, '')).stdout).toContain('; flanneld does not run on this node');
    });

    it('is another matter where flannel is hindered, is not used, or has yet to come', async () => {
      const log = 'E1 main.go] failed to list: nodes is forbidden: User "x" cannot list\n';
      const hindered = await node({
        'run/flannel/subnet.env': '',
        'var/log/containers/kube-flannel-x.log': log,
      });
      expect((await ask(hindered, OWN, '')).code).toBe(0);
      expect((await ask(hindered, OWN, '42')).code).toBe(1);
      const routes = await node({
        'etc/cni/net.d/10-flannel.conflist': '{"type": "bridge"}',
        'run/flannel/subnet.env': '',
      });
      expect((await ask(routes)).code).toBe(0);
      expect(
        (await ask(await node({ 'etc/cni/net.d/10-flannel.conflist': '', 'run/flannel/subnet.env': '' })))
          .code,
      ).toBe(0);
      expect(
        (await ask(await node({ 'etc/kubernetes/kubelet.conf': '', 'run/flannel/subnet.env': '' }))).code,
      ).toBe(0);
    });

    it("is another node's", async () => {
      const copied = await node({ 'run/flannel/subnet.env': ENV('10.244.0.1/24') });
      expect((await ask(copied)).stdout).toMatch(
        /subnet\.env says 10\.244\.0\.1\/24, which is another node's/,
      );
      const routes = { ip: ip({ routes: '10.244.0.0/24 via 10.0.0.11 dev eth0' }) };
      expect((await ask(copied, routes)).code).toBe(1);
      expect((await ask(await node(), routes)).code).toBe(0);
    });
  });

  describe('the bridge', () => {
    const ask = (host: TestHost, own: string, bridge: string) =>
      run(host, sh`probe_bridge ${[join(host.root, 'sys'), 'cni0', host.root]}`, {
        ip: ip({ overlay: own, bridge }),
      });
    const cure = async (host: TestHost) =>
      told(
        await run(host, sh`propose_bridge ${[join(host.root, 'sys'), 'cni0', host.root, 'node2']}`, {
          ip: ip({ overlay: '10.244.1.0', bridge: '10.244.99.1/24' }),
        }),
      );

    it('has the address of another part', async () => {
      const host = await node({ 'sys/cni0/address': '' });
      expect((await ask(host, '10.244.1.0', '10.244.1.1/24')).code).toBe(0);
      expect((await ask(host, '10.244.1.0', '10.244.99.1/24')).stdout).toContain(
        '"cni0" already has an IP address different from 10.244.1.1/24: it has 10.244.99.1/24',
      );
      expect((await ask(await node(), '10.244.1.0', '10.244.99.1/24')).code).toBe(0);
    });

    it("is judged by our own configuration, and not by another node's subnet.env", async () => {
      const copied = await node({ 'sys/cni0/x': '', 'run/flannel/subnet.env': ENV('10.244.0.1/24') });
      expect((await ask(copied, '10.244.1.0', '10.244.1.1/24')).code).toBe(0);
      const routes = await node({
        'sys/cni0/x': '',
        'etc/cni/net.d/10-provision.conflist': '"ipam": {\n "subnet": "10.244.3.0/24"\n}',
      });
      expect((await ask(routes, '', '10.244.3.1/24')).code).toBe(0);
      expect((await ask(routes, '', '10.244.1.1/24')).code).toBe(1);
    });

    it('goes when no pod hangs on it', async () => {
      const host = await node({ 'sys/cni0/x': '' });
      expect(await cure(host)).toEqual({ commands: ['ip link delete cni0'], refusals: [] });
      mkdirSync(join(host.root, 'sys/cni0/brif/veth1'), { recursive: true });
      const { commands, refusals } = await cure(host);
      expect(commands).toEqual([]);
      expect(refusals.join()).toContain('kubectl drain node2 --ignore-daemonsets');
      expect(await cure(await node())).toEqual({ commands: [], refusals: [] });
    });
  });

  it('addresses that are taken by containers that are gone, and a runtime that does not answer', async () => {
    const host = await node();
    const ask = (docker: string) =>
      run(host, sh`probe_leases ${host.root}`, { docker, ip: ip({ overlay: '10.244.1.0' }) });
    const old = Date.now() / 1000 - 3600;
    const take = (count: number) => {
      for (let last = 2; last < count + 2; last++) {
        const lease = `var/lib/cni/networks/cbr0/10.244.1.${last}`;
        lay(host.root, { [lease]: `c${last}\r\neth0` });
        utimesSync(join(host.root, lease), old, old);
      }
    };
    expect((await ask('exit 1')).code).toBe(0);
    take(200);
    expect((await ask('exit 1')).code).toBe(0);
    take(253);
    expect(await ask('seq -f c%g 100 300')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('253 of the 253 addresses for pods of this node are taken, 98 of them'),
    });
    expect((await ask('seq -f c%g 1 300')).code).toBe(0);
    expect((await ask('echo no daemon; exit 1')).code).toBe(2);
  });

  it('a node that flannel does not find, now and not in the past', async () => {
    const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
    const ask = async (...said: readonly string[]) => {
      const host = await testHost();
      lay(host.root, { 'kube-flannel-ds-x.log': `${said.join('\n')}\n` });
      const date = rawScript('date() { /bin/date "$@"; }');
      return runWith(shell, host, {}, PROBES, date, sh`probe_node_not_found ${host.root}`);
    };
    const failed = (seconds: number) =>
      `${at(seconds).replace('Z', '000000Z')} stderr F E1 network.go:106] failed to acquire lease: node "x" not found`;
    const docker = (seconds: number) =>
      `{"log":"failed to acquire lease: node \\"x\\" not found\\n","stream":"stderr","time":"${at(seconds)}"}`;
    expect((await ask(failed(2))).code).toBe(1);
    expect((await ask(docker(2))).code).toBe(1);
    expect((await ask(failed(2).replace(/\.\d+Z/, '.5+00:00'))).code).toBe(1);
    expect((await ask(failed(500))).code).toBe(0);
    expect((await ask(docker(500))).code).toBe(0);
    expect((await ask(failed(9), `${at(3)} stderr F Lease acquired`)).code).toBe(0);
    expect((await ask('nothing')).code).toBe(0);
  });

  it('a kernel that passes nothing on', async () => {
    const host = await node();
    const ask = (forward: string, rules: string) => {
      lay(host.root, { 'sys/net/ipv4/ip_forward': `${forward}\n` });
      return run(host, sh`probe_kernel ${[join(host.root, 'sys'), '10.9.0.0/16']}`, {
        iptables: `echo '${rules}'`,
      });
    };
    expect(await ask('1', '-P FORWARD ACCEPT')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await ask('0', '-P FORWARD ACCEPT')).stdout).toContain('ip_forward is not 1');
    expect((await ask('1', '-P FORWARD DROP')).stdout).toContain('the chain FORWARD drops');
    expect((await ask('1', '-P FORWARD DROP\n-A FORWARD -s 10.9.0.0/16 -j ACCEPT')).code).toBe(0);
  });

  describe('packets that flannel wraps', () => {
    const INTERFACES = {
      link: '7: flannel.1: <UP> mtu 1450 vxlan id 1 local 10.0.0.11 dev eth0 srcport 0 0 dstport 8472',
      routes: '10.244.1.0/24 via 10.244.1.0 onlink \n10.244.2.0/24 via 10.244.2.0 onlink ',
      neighbours: '10.244.1.0 lladdr aa:01 PERMANENT\n10.244.2.0 lladdr aa:02 PERMANENT',
    };
    const FDB = 'aa:01 dst 10.0.0.12 self permanent\naa:02 dst 10.0.0.13 self permanent';
    /** @param silent addresses that do not answer, and `full` for packets of full size */
    const ask = async (
      silent: readonly string[],
      { own = '10.0.0.11', fdb = FDB, code = 1, perl = 'exit 1' } = {},
    ) => {
      const cases = silent.map((what) =>
        what === 'full' ? `*'-M do'*) exit ${code} ;;` : `*' ${what}') exit 1 ;;`,
      );
      return run(await node(), sh`probe_overlay ${['node1', own, '10.0.0.12', '10.0.0.13']}`, {
        ip: ip(INTERFACES),
        bridge: `echo '${fdb}'`,
        perl,
        ping: `case " $*" in ${cases.join(' ')} esac`,
      });
    };

    it('reach the other nodes, or are told to be lost on the way to one that answers', async () => {
      expect(await ask([])).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await ask(['10.244.2.0'])).toEqual({
        code: 1,
        stdout:
          'the node node1 itself does not reach 10.244.2.0, the network of pods of the node 10.0.0.13, which itself answers\n',
        stderr: '',
      });
      expect((await ask(['10.244.1.0', '10.244.2.0'])).stdout.trim().split('\n')).toHaveLength(2);
    });

    it('are sent once more to those alone that were silent when all were asked', async () => {
      const all = 'shift 2; printf "%s\\n" "$@"';
      const lost = ['10.244.1.0', '10.244.2.0'];
      expect(await ask(lost, { perl: all })).toEqual({ code: 0, stdout: '', stderr: '' });
      expect((await ask(lost, { perl: `${all} | grep -e 10.244.1.0/1422/` })).stdout).toMatch(
        /^the node node1 itself does not reach 10\.244\.2\.0, .*\n$/,
      );
    });

    it('are too large', async () => {
      expect((await ask(['full'])).stdout).toContain(
        'with packets of full size (1450 bytes), and with small ones it does',
      );
      expect((await ask(['full'], { code: 2 })).code).toBe(0);
    });

    it('are not to blame for a node that is down, or for flannel on the wrong interface', async () => {
      expect((await ask(['10.244.2.0', '10.0.0.13'])).code).toBe(0);
      expect((await ask(['10.244.2.0'], { own: '10.0.0.99' })).code).toBe(0);
      expect((await ask(['10.244.2.0'], { fdb: FDB.replace('10.0.0.13', '203.0.113.9') })).code).toBe(0);
    });
  });

  it('IPIP that does not come through', async () => {
    const host = await node({
      'sys/tunl0/statistics/tx_packets': '50\n',
      'sys/tunl0/statistics/rx_packets': '0\n',
    });
    const ask = (routes: string) =>
      run(host, sh`probe_ipip ${join(host.root, 'sys')}`, { ip: ip({ routes }) });
    expect((await ask('10.244.1.0/26 via 10.0.0.12')).code).toBe(1);
    expect((await ask('')).code).toBe(0);
    lay(host.root, { 'sys/tunl0/statistics/rx_packets': '3\n' });
    expect((await ask('10.244.1.0/26 via 10.0.0.12')).code).toBe(0);
  });

  it('a node that was deleted is made again by its kubelet', async () => {
    const cure = async (kubectl: string) =>
      told(
        await runWith(
          shell,
          await testHost(),
          { kubectl },
          CURES,
          sh`propose_registration ${['/x/kubelet.conf', 'node1']}`,
        ),
      );
    expect(await cure(`echo 'nodes "node1" not found'; exit 1`)).toEqual({
      commands: ['systemctl restart kubelet.service'],
      refusals: [],
    });
    expect(await cure('echo node/node1')).toEqual({ commands: [], refusals: [] });
    expect((await cure('echo refused; exit 1')).refusals).toHaveLength(1);
  });
});

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { functionsOf, lay, runWith, told } from '../stand-ins.js';

const PROBES = functionsOf(
  'kubernetes/member/state.sh',
  'kubernetes/reset.sh',
  'kubernetes/leftover-links.sh',
);
const RULES = `*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
:KUBE-SERVICES - [0:0]
:PROVISION-PODS - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A PREROUTING -j DOCKER
-A POSTROUTING -j PROVISION-PODS
-A KUBE-SERVICES -j RETURN
-A DOCKER -j RETURN
COMMIT
`;

describe.each(SHELLS)('$name: what a reset by hand leaves', (shell) => {
  const host = async ({ links = ['eth0'], rules = '', files = {} } = {}) => {
    const made = await testHost();
    for (const link of links) mkdirSync(join(made.root, 'sys', link), { recursive: true });
    lay(made.root, { rules, ...files });
    return made;
  };
  const run = (made: Awaited<ReturnType<typeof host>>, script: ReturnType<typeof sh>, docker = '') =>
    runWith(
      shell,
      made,
      {
        'iptables-legacy-save': `cat ${made.root}/rules`,
        'iptables-nft-save': ':',
        'ip6tables-legacy-save': ':',
        'ip6tables-nft-save': ':',
        docker: docker === '' ? ':' : docker,
      },
      PROBES,
      // What the machine of the test has of its own.
      rawScript('ip() { :; }; list_tables() { :; }; list_sets() { :; }'),
      script,
    );

  it('is told of links, and of chains of iptables', async () => {
    const probe = async (made: Awaited<ReturnType<typeof host>>) =>
      run(made, sh`is_plain ${made.root} || exit 0; probe_links ${join(made.root, 'sys')}`);
    expect(await probe(await host())).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await probe(await host({ links: ['cni0', 'flannel.1'] }))).stdout).toBe(
      'This host is no node, and still has the links cni0 flannel.1.\n',
    );
    expect((await probe(await host({ rules: RULES }))).stdout).toBe(
      'This host is no node, and still has 2 chains of iptables of a cluster.\n',
    );
    const half = { 'etc/kubernetes/admin.conf': 'x' };
    expect((await probe(await host({ links: ['cni0'], files: half }))).code).toBe(0);
  });

  it('goes, and what is of others stays', async () => {
    const files = {
      'var/lib/cni/networks/cbr0/10.244.1.2': 'id',
      'etc/cni/net.d/10-flannel.conflist': '{}',
      'etc/cni/net.d/87-podman.conflist': '{}',
    };
    const made = await host({ links: ['eth0', 'cni0'], rules: RULES, files });
    const propose = sh`propose_clean_links ${[join(made.root, 'sys'), made.root]}`;
    const { commands, refusals } = told(await run(made, propose));
    expect(refusals).toEqual([]);
    expect(commands.slice(0, 3)).toEqual([
      'ip link delete cni0',
      `find ${made.root}/var/lib/cni -xdev -mindepth 1 -delete`,
      `rm -f ${made.root}/etc/cni/net.d/10-flannel.conflist`,
    ]);
    expect(commands).toHaveLength(4);
    const filter = commands[3]?.replace(/ \| iptables-legacy-restore$/, '') ?? '';
    const { stdout } = await run(made, rawScript(filter));
    expect(stdout).toBe(`*nat
:PREROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -j DOCKER
-A DOCKER -j RETURN
COMMIT
`);
  });

  it('stays on a node, and while pods run or nobody can tell', async () => {
    const refusals = async (files: Record<string, string>, docker?: string) => {
      const made = await host({ links: ['cni0'], files });
      const result = await run(made, sh`propose_clean_links ${[join(made.root, 'sys'), made.root]}`, docker);
      expect(told(result).commands).toEqual([]);
      return told(result).refusals.join();
    };
    expect(await refusals({ 'etc/kubernetes/kubelet.conf': 'x' })).toContain('this host is a node');
    expect(await refusals({}, 'echo k8s_POD_web')).toBe('containers of pods still run on this host');
    expect(await refusals({}, 'echo no daemon; exit 1')).toContain(
      'Docker cannot be asked which pods run: no daemon',
    );
  });
});

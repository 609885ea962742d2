import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { endingCertificates } from '../../../../playbooks/kubernetes/certificates.js';
import { status } from '../../../../playbooks/kubernetes/status.js';
import { statusLines } from '../../../../playbooks/kubernetes/status-lines.js';
import { aHost, anInventory, someFacts } from '../fixtures.js';

/** 2026-11-21T11:00:00Z. */
const NOW = 1_795_258_800;
const WELL = ['MemoryPressure', 'DiskPressure'].map((type) => `X\t${type}\tFalse\tfine`);
const READY = 'X\tReady\tTrue\tkubelet is posting ready status';

function printed(...lines: readonly string[]): string {
  return [`T\t${NOW}`, 'V\tv1.20.2', ...lines].join('\n');
}

/** A certificate that this machine's openssl makes, in DER and base64. */
function certificate(days: number): string {
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const more = ['-keyout', '/dev/null', '-subj', '/CN=x', '-days', String(days), '-outform', 'DER'];
  return execFileSync('openssl', [...words, ...more], { stdio: ['ignore', 'pipe', 'ignore'] }).toString(
    'base64',
  );
}

describe('what provision status says of Kubernetes', () => {
  it('is its version, its nodes, and how many pods are well', () => {
    const lines = statusLines(
      printed(
        'N\tnode1\tv1.20.2\t\tnode-role.kubernetes.io/control-plane=,node-role.kubernetes.io/master=,x=y,',
        ...WELL,
        READY,
        'N\tlong-name\tv1.20.2\tyes\tx=y,',
        READY,
        'P\tkube-system/kube-proxy-a\tnode1\tRunning\t\t\t',
        'C\tkube-proxy\ttrue\t\t\t',
        'P\tdefault/job-a\tnode1\tSucceeded\t\t\t',
        'C\tmain\tfalse\t\tCompleted (exit code 0)\t',
      ),
    );
    expect(lines).toEqual([
      'version   v1.20.2',
      'nodes     2 of 2 ready',
      '          node1      v1.20.2  control-plane  ready',
      '          long-name  v1.20.2  worker         ready, takes no pods (cordoned)',
      'pods      2 of 2 well',
    ]);
  });

  it('names what is not well, and why', () => {
    const lines = statusLines(
      printed(
        'N\tnode1\tv1.5.1\t\tkubeadm.alpha.kubernetes.io/role=master,',
        'X\tDiskPressure\tTrue\tkubelet has disk pressure',
        'X\tReady\tFalse\tcni config uninitialized',
        'a second line of the message',
        'N\tnode2\tv1.5.1\t\t',
        'X\tReady\tUnknown\tKubelet stopped posting node status.',
        'P\tdefault/web-a\t\tPending\t\t\t0/2 nodes are available.',
        'P\tdefault/web-b\tnode1\tRunning\t\t\t',
        'I\tprepare\ttrue\t\tCompleted (exit code 0)\t',
        'C\tmain\tfalse\tCrashLoopBackOff: back-off 10s\t\tError (exit code 3)',
        'C\tside\tfalse\t\t\t',
        'P\tdefault/web-c\tnode1\tFailed\tEvicted\t\t',
        'P\tdefault/web-d\tnode1\tRunning\t\t2026-11-21T10:30:00Z\t',
        'P\tdefault/web-e\tnode1\tRunning\t\t2026-11-21T10:59:00Z\t',
      ),
    );
    expect(lines.slice(1)).toEqual([
      'nodes     0 of 2 ready',
      '          node1  v1.5.1  master  not ready',
      '          node2  v1.5.1  worker  not ready',
      'pods      1 of 5 well',
      'warning   node1: DiskPressure: kubelet has disk pressure',
      'warning   node1: not ready: cni config uninitialized (the stage network brings it)',
      'warning   node2: does not answer: Kubelet stopped posting node status.',
      'warning   default/web-a: no node takes it: 0/2 nodes are available.',
      'warning   default/web-b on node1: main waits: CrashLoopBackOff: back-off 10s; before that it ended: Error (exit code 3); side runs but is not ready',
      'warning   default/web-c on node1: Evicted',
      'warning   default/web-d on node1: has been ending for 30 minutes',
    ]);
  });

  it('stays short when everything is ill', () => {
    const pods = Array.from({ length: 14 }, (_, index) => `P\tdefault/p${index}\t\tPending\t\t\tno`);
    const lines = statusLines(printed('N\tnode1\tv1\t\t', READY, ...pods));
    expect(lines.filter((line) => line.startsWith('warning'))).toHaveLength(11);
    expect(lines.at(-1)).toBe('warning   and 4 more pods are not well');
  });

  it('tells of certificates that end soon', () => {
    const now = Math.floor(Date.now() / 1000);
    const all = [
      { path: '/a.crt', data: certificate(10) },
      { path: '/b.crt', data: certificate(100) },
      { path: '/c.crt', data: 'none' },
    ];
    const [first, renewal, ...rest] = endingCertificates(all, now);
    expect(first).toMatch(/^the certificate in \/a\.crt ends on 20\d\d-\d\d-\d\d, in (?:9|10) days$/);
    expect(renewal).toContain('kubeadm certs renew all');
    expect(rest).toEqual([]);
    expect(endingCertificates(all, now + 11 * 86_400)[0]).toMatch(/ended on/);
    expect(endingCertificates(all.slice(1), now)).toEqual([]);
  });

  it('is a sentence when there is nothing to read', () => {
    expect(statusLines('')).toEqual(['the answer of the cluster could not be read']);
  });

  it('is asked of the control planes, and each host says what it is', () => {
    const names = status.cluster?.hosts(anInventory()).map(({ name }) => name);
    expect(names).toEqual(['node1']);
    expect(status.cluster?.hosts(anInventory({ hosts: [aHost('a', '10.0.0.1', ['docker'])] }))).toEqual([]);
    const facts = someFacts('10.0.0.11');
    expect(status.column?.cell('control plane\n', facts)).toBe('control plane');
    expect(status.column?.cell('', facts)).toBe('-');
  });
});

import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const LABEL = 'node-role.kubernetes.io/master';
const now = Math.floor(Date.now() / 1000);
const isoTime = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

interface Ages {
  /** Seconds since kubeadm marked each as a control plane, oldest first: node1, node2, … */
  readonly nodes: readonly number[];
  readonly server: number;
}

/** A cluster of which all that is asked is this old. */
function standIns({ nodes, server }: Ages) {
  const listed = nodes.map((age, index) => `node${index + 1} ${isoTime(now - age)}\n`).join('');
  return sh`kube() { printf %s ${listed}; }
pgrep() { echo 77; }
ps() { echo ${` ${server}`}; }`;
}

describe.each(SHELLS)('$name: the first API server after the second control plane joined', (shell) => {
  const check = async (ages: Ages, node = 'node1') => {
    const call = sh`${standIns(ages)}
check_watches ${[LABEL, node]}`;
    const { code, stdout } = await callFunctions(
      'kubernetes/cluster/watches.sh',
      shell,
      await testHost(),
      call,
      { mode: 'look' },
    );
    return { code, told: stdout };
  };

  it('is to be started anew when it is older than the second control plane', async () => {
    const { code, told } = await check({ nodes: [300, 90], server: 290 });
    expect(code).toBe(1);
    expect(told).toContain('started before node2 joined');
  });

  it.each<[string, Ages, string?]>([
    ['was started since', { nodes: [300, 90], server: 30 }],
    ['has renewed its watches in the meantime', { nodes: [5000, 1000], server: 4900 }],
    ['is the only one', { nodes: [300], server: 290 }],
    ['is not the one that began the cluster', { nodes: [300, 90], server: 290 }, 'node2'],
  ])('is left alone when it %s', async (_, ages, node) => {
    expect(await check(ages, node)).toEqual({ code: 0, told: '' });
  });

  it('cannot tell when the cluster does not answer', async () => {
    const call = sh`${rawScript('kube() { echo refused; return 1; }')}
check_watches ${[LABEL, 'node1']}`;
    const host = await testHost();
    const outcome = await callFunctions('kubernetes/cluster/watches.sh', shell, host, call, { mode: 'look' });
    expect(outcome.code).toBe(2);
    expect(outcome.stdout).toContain('refused');
  });
});

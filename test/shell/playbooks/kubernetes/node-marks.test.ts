import { describe, expect, it } from 'vitest';
import { rawScript, sh } from '../../../../src/shell/script.js';
import { SHELLS, testHost } from '../../run-task.js';
import { callFunctions } from '../source.js';

const MARKS = `node1 label disk=fast
node1 taint node-role.kubernetes.io/master=:NoSchedule
node1 node
node10 label disk=slow
node10 node`;

describe.each(SHELLS)('$name: labels and taints of nodes', (shell) => {
  const check = async (wanted: string, pending: readonly string[] = []) => {
    const call = sh`MARKS=${MARKS}
check_marks <<END
${rawScript(wanted)}
END`;
    const host = await testHost();
    const { code, stdout, stderr } = await callFunctions('kubernetes/nodes/marks.sh', shell, host, call, {
      mode: 'look',
      pending,
    });
    expect(stderr).toBe('');
    return { code, told: stdout };
  };

  it('is content with what is there', async () => {
    expect(await check('node1 label disk=fast\nnode10 label disk=slow')).toEqual({ code: 0, told: '' });
    expect(await check('node10 without node-role.kubernetes.io/master')).toEqual({ code: 0, told: '' });
    expect(await check('node1 taint node-role.kubernetes.io/master=:NoSchedule')).toEqual({
      code: 0,
      told: '',
    });
  });

  it.each([
    ['node1 label disk=fas', 'node1 lacks the label disk=fas\n'],
    ['node1 label disk=slow', 'node1 lacks the label disk=slow\n'],
    ['node10 taint a=b:NoExecute', 'node10 lacks the taint a=b:NoExecute\n'],
    [
      'node1 without node-role.kubernetes.io/master',
      'node1 has the taint node-role.kubernetes.io/master, which keeps pods away\n',
    ],
  ])('tells what differs: %s', async (wanted, told) => {
    expect(await check(wanted)).toEqual({ code: 1, told });
  });

  it('expects of a node that has yet to join that it brings its taints, and no labels', async () => {
    const wanted = 'node2 taint a=b:NoSchedule\nnode2 without node-role.kubernetes.io/master';
    expect(await check(wanted, ['node2:kubeadm-join'])).toEqual({ code: 0, told: '' });
    expect(await check('node2 label a=b', ['node2:kubeadm-join'])).toEqual({
      code: 1,
      told: 'node2 is to have the label a=b\n',
    });
  });
});

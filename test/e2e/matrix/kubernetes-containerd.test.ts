import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNothingToDo } from '../ceph-lab.js';
import { CLUSTER_WELL, type KubeLab, kubeLab } from '../kube-lab.js';
import { provision } from '../provision.js';

describe('containerd as the runtime, and routes as the network', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({
      name: 'kube-containerd',
      hosts: 2,
      upTo: CLUSTER_WELL,
      change: (inventory) => {
        inventory.kubernetes['runtime'] = 'containerd';
        inventory.network = { plugin: 'routes' };
      },
    });
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it('runs the pods', async () => {
    const runtimes = await lab.kubectl(
      `get nodes -o jsonpath='{.items[*].status.nodeInfo.containerRuntimeVersion}'`,
    );
    expect(runtimes).toMatch(/^containerd:\/\/\S+ containerd:\/\/\S+$/);
    expect(await lab.on('node2', 'docker ps --filter name=k8s_ -q')).toBe('');
  });

  it('needs no pod for the network', async () => {
    expect(await lab.kubectl('get pods -A -o name')).not.toMatch(/flannel|calico|weave|cilium/);
    expect(await lab.on('node1', 'ip route')).toMatch(/10\.244\.\d+\.0\/24 via 10\.77\./);
  });

  it('changes nothing the second time, nor after a restart of all hosts', async () => {
    expectNothingToDo(await lab.upAgain());
    await lab.backToWell();
    expectNothingToDo(await lab.upAgain());
  });

  it('comes up again after its reset', async () => {
    const words = ['reset', 'lab.yaml', '--stage', 'kubernetes', '--cluster', 'e2e-kube-containerd'];
    const outcome = await provision(lab.folder, [...words, '--output', 'plain']);
    expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
    const again = await provision(lab.folder, [...words, '--output', 'plain']);
    expect(again.stdout + again.stderr).toContain('0 changed');
    expect((await lab.up()).code).toBe(0);
    await lab.untilWell();
  });
});

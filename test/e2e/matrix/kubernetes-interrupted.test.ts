import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectDone, expectNothingToDo } from '../ceph-lab.js';
import { cutAtEach, killedAtEach, reached } from '../interruptions.js';
import { IMAGES_THERE, type KubeLab, kubeLab } from '../kube-lab.js';
import { KUBERNETES_POINTS as POINTS } from '../kube-points.js';

/** Ten interruptions in a row; `test/e2e/points` has each alone. */
describe('the stages kubernetes and network, interrupted', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({ name: 'kube-cut', hosts: 2, upTo: IMAGES_THERE });
  });

  beforeEach(async () => {
    await lab.restore(IMAGES_THERE);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  const finishes = async (): Promise<void> => {
    expectDone(await lab.up());
    await lab.untilWell();
    expectNothingToDo(await lab.up());
  };

  it('the controller is killed at ten points, one up after the other: the next one ends well', async () => {
    expect(await killedAtEach(lab, POINTS, () => lab.restore(IMAGES_THERE))).toEqual([]);
    await finishes();
  }, 1_800_000);

  it('a host is off the network for 20 s at each of ten points: the next up ends well', async () => {
    for (const code of await cutAtEach(lab, POINTS)) expect([0, 1, 4]).toContain(code);
    await finishes();
  }, 1_800_000);

  /** Unlike a killed controller, which leaves the play to end on the host: kubeadm itself is cut off. */
  it.each(POINTS.slice(2, 5))(
    'node1 loses its power $seconds s after $task: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      await lab.powerOff('node1');
      await lab.powerOn('node1');
      await run.ended;
      await finishes();
    },
  );
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectDone, expectNothingToDo } from '../ceph-lab.js';
import { cutOff, reached } from '../interruptions.js';
import { IMAGES_THERE, type KubeLab, kubeLab } from '../kube-lab.js';
import { KUBERNETES_POINTS as POINTS } from '../kube-points.js';

describe('the stages kubernetes and network interrupted at one point', () => {
  let lab: KubeLab;

  beforeAll(async () => {
    lab = await kubeLab({ name: 'kube-point', hosts: 2, upTo: IMAGES_THERE });
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

  it.each(POINTS)(
    'the controller is killed $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      run.child.kill('SIGKILL');
      await run.ended;
      await finishes();
    },
  );

  it.each(POINTS)(
    '$cut is off the network for 20 s, $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      await cutOff(lab, point);
      expect([0, 1, 4]).toContain((await run.ended).code);
      await finishes();
    },
  );
});

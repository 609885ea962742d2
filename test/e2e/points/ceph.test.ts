import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectMadeWell, PACKAGES_INSTALLED } from '../ceph-lab.js';
import { AFTER_A_CUT, CEPH_POINTS as POINTS } from '../ceph-points.js';
import { cutOff, reached } from '../interruptions.js';

describe('the stage ceph interrupted at one point', () => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({ name: 'ceph-point', hosts: 3, upTo: PACKAGES_INSTALLED });
  });

  beforeEach(async () => {
    await lab.restore(PACKAGES_INSTALLED);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it.each(POINTS)(
    'the controller is killed $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      run.child.kill('SIGKILL');
      await run.ended;
      await expectMadeWell(lab);
    },
  );

  it.each(POINTS)(
    '$cut is off the network for 20 s, $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      await cutOff(lab, point);
      // Whether this run outlives it depends on who was talking to whom; that it ends and says so does not.
      expect([0, 1, 4]).toContain((await run.ended).code);
      await expectMadeWell(lab, AFTER_A_CUT);
    },
  );

  /** Unlike a killed controller, which leaves the play to end on the host. */
  it.each(POINTS)(
    '$cut loses its power $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(lab, point);
      await lab.powerOff(point.cut);
      await lab.powerOn(point.cut);
      await run.ended;
      await expectMadeWell(lab);
    },
  );
});

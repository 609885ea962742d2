import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectMadeWell, PACKAGES_INSTALLED } from '../ceph-lab.js';
import { AFTER_A_CUT, CEPH_POINTS as POINTS } from '../ceph-points.js';
import { cutAtEach, killedAtEach, reached } from '../interruptions.js';

/** Minutes for ten interruptions in a row, as milliseconds. */
const CHAIN = 1_800_000;

/** Ten interruptions in a row; `test/e2e/points` has each alone. */
describe('the stage ceph, interrupted', () => {
  let lab: CephLab;

  beforeAll(async () => {
    lab = await cephLab({ name: 'ceph-cut', hosts: 3, upTo: PACKAGES_INSTALLED });
  });

  beforeEach(async () => {
    await lab.restore(PACKAGES_INSTALLED);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it(
    'the controller is killed at ten points, one up after the other: the next one ends well',
    async () => {
      expect(await killedAtEach(lab, POINTS, () => lab.restore(PACKAGES_INSTALLED))).toEqual([]);
      await expectMadeWell(lab);
    },
    CHAIN,
  );

  it(
    'a host is off the network for 20 s at each of ten points: the next up ends well',
    async () => {
      for (const code of await cutAtEach(lab, POINTS)) expect([0, 1, 4]).toContain(code);
      await expectMadeWell(lab, AFTER_A_CUT);
    },
    CHAIN,
  );

  /** Unlike a killed controller, which leaves the play to end on the host. The points where something is half made. */
  it.each(POINTS.filter(({ seconds }) => seconds > 1))(
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

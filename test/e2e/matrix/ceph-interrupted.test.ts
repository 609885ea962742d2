import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CephLab, cephLab, expectDone, expectNothingToDo, PACKAGES_INSTALLED } from '../ceph-lab.js';
import type { StartedProvision } from '../provision.js';
import { until } from '../until.js';

/** When this task of this host has ended, some seconds later; what is then at work is in the middle of it. */
interface Point {
  readonly task: string;
  readonly host: string;
  readonly seconds: number;
  /** The host that loses its network, or its power. */
  readonly cut: string;
}

/** From the first thing that is changed to the contents of the cluster. */
const POINTS: readonly Point[] = [
  { task: 'ceph-packages', host: 'node1', seconds: 0, cut: 'node2' },
  { task: 'ceph-deploy-key', host: 'node1', seconds: 1, cut: 'node1' },
  { task: 'ceph-deploy-new', host: 'node1', seconds: 1.5, cut: 'node2' },
  { task: 'ceph-conf', host: 'node1', seconds: 4, cut: 'node2' },
  { task: 'ceph-conf', host: 'node1', seconds: 12, cut: 'node1' },
  { task: 'ceph-mons', host: 'node1', seconds: 1, cut: 'node3' },
  { task: 'ceph-admin-keyring', host: 'node1', seconds: 2, cut: 'node1' },
  { task: 'ceph-mdss', host: 'node1', seconds: 1, cut: 'node2' },
  { task: 'ceph-osd-0-data', host: 'node2', seconds: 1, cut: 'node2' },
  { task: 'ceph-pool-cephfs-data', host: 'node1', seconds: 1, cut: 'node3' },
];

describe('the stage ceph interrupted at ten points', () => {
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

  /** Starts a run and comes back at the point. */
  const reached = async ({ task, host, seconds }: Point): Promise<StartedProvision> => {
    const run = lab.startUp();
    const line = new RegExp(`"host":"${host}","task":"${task}","status":"(?:ok|changed)"`);
    await until(`${task} on ${host} at its end`, 240, async () => {
      if (run.child.exitCode !== null) throw new Error(`the run ended before:\n${run.printed()}`);
      return line.test(run.printed());
    });
    await sleep(seconds * 1000);
    return run;
  };

  const finishes = async (): Promise<void> => {
    expectDone(await lab.up());
    await lab.untilHealthy();
    expectNothingToDo(await lab.up());
  };

  it.each(POINTS)(
    'the controller is killed $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(point);
      run.child.kill('SIGKILL');
      await run.ended;
      await finishes();
    },
  );

  it.each(POINTS)(
    '$cut is off the network for 20 s, $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(point);
      await lab.cutNetwork(point.cut);
      await sleep(20_000);
      await lab.healNetwork(point.cut);
      const { code } = await run.ended;
      // Whether this run outlives it depends on who was talking to whom; that it ends and says so does not.
      expect([0, 1, 4]).toContain(code);
      await finishes();
    },
  );

  /** Unlike a killed controller, which leaves the play to end on the host. The points where something is half made. */
  it.each(POINTS.filter(({ seconds }, index) => seconds > 1 || index % 2 === 0))(
    '$cut loses its power $seconds s after $task of $host: the next up ends well',
    async (point) => {
      const run = await reached(point);
      await lab.powerOff(point.cut);
      await lab.powerOn(point.cut);
      await run.ended;
      await finishes();
    },
  );
});

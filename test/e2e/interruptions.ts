import { setTimeout as sleep } from 'node:timers/promises';
import type { StartedProvision } from './provision.js';
import { until } from './until.js';

/** When this task of this host has been told, some seconds later; what is then at work is in the middle of it. */
export interface Point {
  readonly task: string;
  readonly host: string;
  readonly seconds: number;
  /** The host that loses its network. */
  readonly cut: string;
}

/** What a run that is to be interrupted needs. */
export interface InterruptedLab {
  readonly startUp: () => StartedProvision;
  readonly cutNetwork: (host: string) => Promise<void>;
  readonly healNetwork: (host: string) => Promise<void>;
}

/** Milliseconds without network: longer than ssh waits for an answer before it asks, shorter than a run waits for a host. */
const CUT = 20_000;
/** Seconds for a run to come to a point. */
const PATIENCE = 600;

/** Comes back at the point; false when the run has ended before. */
export async function comesTo(run: StartedProvision, point: Point): Promise<boolean> {
  const line = new RegExp(`"host":"${point.host}","task":"${point.task}","status":"(?:ok|changed)"`);
  await until(`${point.task} on ${point.host} told`, PATIENCE, async () => {
    return line.test(run.printed()) || run.child.exitCode !== null;
  });
  if (run.child.exitCode !== null) return false;
  await sleep(point.seconds * 1000);
  return run.child.exitCode === null;
}

/** Starts a run and comes back at the point. */
export async function reached(lab: InterruptedLab, point: Point): Promise<StartedProvision> {
  const run = lab.startUp();
  if (await comesTo(run, point)) return run;
  throw new Error(`the run ended before ${point.task}:\n${run.printed()}`);
}

/**
 * One run after the other, each killed at the next point. What is at work on the hosts goes on, so that a run may find everything done before it comes to its
 * point: then all is begun anew.
 * @param beginAnew puts the hosts back to where the stage begins
 * @returns the runs that ended by themselves and not well
 */
export async function killedAtEach(
  lab: InterruptedLab,
  points: readonly Point[],
  beginAnew: () => Promise<void>,
): Promise<string[]> {
  const bad: string[] = [];
  for (const point of points) {
    let run = lab.startUp();
    while (!(await comesTo(run, point))) {
      const { code, stdout, stderr } = await run.ended;
      if (code !== 0) bad.push(`before ${point.task} on ${point.host}: ${code}\n${stdout}${stderr}`);
      if (bad.length > points.length) return bad;
      await beginAnew();
      run = lab.startUp();
    }
    run.child.kill('SIGKILL');
    await run.ended;
  }
  return bad;
}

/** Takes the host off the network for a while. */
export async function cutOff(lab: InterruptedLab, { cut }: Point): Promise<void> {
  await lab.cutNetwork(cut);
  await sleep(CUT);
  await lab.healNetwork(cut);
}

/**
 * A run that loses its way to a host at one point after the other. One that does not outlive a cut ends in order, and the next takes its place.
 * @returns how the runs ended.
 */
export async function cutAtEach(lab: InterruptedLab, points: readonly Point[]): Promise<(number | null)[]> {
  const codes: (number | null)[] = [];
  let run = lab.startUp();
  for (const point of points) {
    while (!(await comesTo(run, point))) {
      codes.push((await run.ended).code);
      if (codes.length > points.length) throw new Error(`no run comes to ${point.task}:\n${run.printed()}`);
      run = lab.startUp();
    }
    await cutOff(lab, point);
  }
  codes.push((await run.ended).code);
  return codes;
}

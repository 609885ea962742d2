import type { HostPlay } from './host-play.js';
import type { Judgement, Look } from './look.js';
import type { Task } from './task.js';

/** A look at a host, with the plays that it was a look at. */
export interface PastLook {
  readonly plays: readonly HostPlay[];
  readonly look: Look;
}

/** For each play what is still known of its tasks: their judgements, or undefined for those to be judged again. */
export type Known = readonly (readonly (Judgement | undefined)[])[];

/**
 * What a look a moment ago says of the present plays: nothing has been changed since, so what was as desired still is. Tasks that
 * have become others, that wait for something, or that ask for what is pending, are judged again.
 */
export function stillKnown(plays: readonly HostPlay[], past: PastLook | undefined): Known {
  return plays.map((play) => {
    const index =
      past?.plays.findIndex(({ stage, play: id }) => stage === play.stage && id === play.play) ?? -1;
    const before = past?.plays[index];
    const judgements = past?.look.judgements[index] ?? [];
    const sameSecrets = JSON.stringify(before?.secrets) === JSON.stringify(play.secrets);
    return play.tasks.map((task) =>
      judgements.find((judgement) => judgement.status === 'ok' && isSame(judgement.task, task, sameSecrets)),
    );
  });
}

/** The plays with those tasks alone that must be judged again. */
export function unknownOf(plays: readonly HostPlay[], known: Known): readonly HostPlay[] {
  return plays.map((play, index) => ({
    ...play,
    tasks: play.tasks.filter((_, task) => known[index]?.[task] === undefined),
  }));
}

/** What was known and what was seen now, task by task. */
export function together(known: Known, seen: Look): Look {
  const judgements = known.map((play, index) => {
    const fresh = [...(seen.judgements[index] ?? [])];
    return play.flatMap((judgement) => judgement ?? fresh.shift() ?? []);
  });
  return { ...seen, judgements };
}

function isSame(before: Task, now: Task, sameSecrets: boolean): boolean {
  return (
    before.id === now.id &&
    before.check.source === now.check.source &&
    before.output?.read.source === now.output?.read.source &&
    (sameSecrets || (now.secrets ?? []).length === 0) &&
    !/\bpending\b/.test(now.check.source)
  );
}

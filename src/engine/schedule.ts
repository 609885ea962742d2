import type { Host } from '../inventory/inventory.js';
import { type HostPlay, hostPlay } from './host-play.js';
import type { Play, Playbook, PlaybookContext } from './play.js';

/** A play in its place in the run, with what it means for each of its hosts. */
export interface ScheduledPlay {
  readonly playbook: Playbook;
  readonly play: Play;
  /** By host name, in the play's order; hosts left out of the run are absent. */
  readonly hosts: ReadonlyMap<string, HostPlay>;
}

/** The plays of a stage in order, for the hosts that take part in the run. A pure function of what is known. */
export function schedule(
  playbook: Playbook,
  context: PlaybookContext,
  takesPart: (host: Host) => boolean,
): ScheduledPlay[] {
  return playbook
    .plays(context)
    .map((play) => ({ playbook, play, hosts: hostPlays(playbook, play, takesPart) }))
    .filter(({ hosts }) => hosts.size > 0);
}

function hostPlays(
  playbook: Playbook,
  play: Play,
  takesPart: (host: Host) => boolean,
): Map<string, HostPlay> {
  const concerned = play.hosts.filter(takesPart);
  return new Map(concerned.map((host) => [host.name, hostPlay(playbook.stage, play, host)]));
}

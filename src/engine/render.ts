import { applyProgram } from './compile.js';
import type { PlaybookContext } from './play.js';
import type { Playbook } from './play.js';
import { schedule } from './schedule.js';

/** Stands where a secret would be. */
const HIDDEN = '(secret)';

/** The program of each play of a stage for one host, as an up would send it, secrets left out. */
export function renderPrograms(playbook: Playbook, context: PlaybookContext, host: string): string[] {
  return schedule(playbook, context, ({ name }) => name === host).flatMap(({ hosts }, index) => {
    const play = hosts.get(host);
    if (play === undefined) return [];
    const secrets = Object.fromEntries(Object.keys(play.secrets).map((name) => [name, HIDDEN]));
    return [applyProgram({ ...play, secrets }, { run: 'RENDERED', sequence: index + 1, owner: 'null' })];
  });
}

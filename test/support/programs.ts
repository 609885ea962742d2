import { spawnSync } from 'node:child_process';

/** Does this machine have the program? @param words with which it ends well at once */
export function hasProgram(name: string, ...words: readonly string[]): boolean {
  return spawnSync(name, words, { stdio: 'ignore' }).status === 0;
}

export const HAS_SHELLCHECK = hasProgram('shellcheck', '--version');

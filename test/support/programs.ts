import { spawnSync } from 'node:child_process';

/** Does this machine have the program? @param words with which it ends well at once */
export function hasProgram(name: string, ...words: readonly string[]): boolean {
  return spawnSync(name, words, { stdio: 'ignore' }).status === 0;
}

export const HAS_SHELLCHECK = hasProgram('shellcheck', '--version');

/** The awks that this machine has, as commands. */
export const AWKS = [['mawk'], ['gawk'], ['gawk', '--posix'], ['busybox', 'awk'], ['original-awk']].filter(
  ([command = '', ...words]) => hasProgram(command, ...words, 'BEGIN { exit 0 }'),
);

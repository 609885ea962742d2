import type { Task } from '../../../src/engine/task.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { OWN_FOLDER } from '../constants.js';

/** kubeadm 1.5 has one token, which is chosen when the cluster begins and which it does not tell again. */
export const TOKEN_FILE = `${OWN_FOLDER}/token`;

/** The token by which hosts join a cluster of 1.5: six characters, a dot, sixteen characters. */
export function oldToken(): Task {
  return command({
    id: 'kubeadm-token',
    title: 'the token by which hosts join is there',
    check: sh`[ -s ${TOKEN_FILE} ] || differs ${`${TOKEN_FILE} is missing`}`,
    apply: sh`hex=$(od -An -N 11 -tx1 /dev/urandom | tr -d ' \n') || exit 2
printf '%.6s.%s\n' "$hex" "${rawScript('${hex#??????}')}" | replace_file ${TOKEN_FILE} 600 root root`,
  });
}

import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { TOKEN_FILE } from '../cluster/old-token.js';
import { INIT, INIT_CONFIG, JOIN_DATA, JOINING } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';
import { joiners } from './joining.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./join-data.sh', import.meta.url), 'utf8')));
const FILE = sh`"$STATE"/kubernetes-joining`;
/** kubeadm 1.6 has tokens that end. */
const FIRST_WITH_TOKENS = 6;

/** What hosts need to join; made only when there are some. */
export function joinData(context: KubernetesContext): Task {
  const { members, release } = context;
  const hosts = joiners(context);
  const controlPlanes = hosts.some((host) => members.controlPlanes.includes(host));
  const names = hosts.map(({ name }) => name);
  const old = release.minor < FIRST_WITH_TOKENS;
  const wanted = [controlPlanes ? 'yes' : 'no', ...names];
  return command({
    id: JOIN_DATA,
    title: 'hosts that are to join can do so',
    after: [INIT],
    check: old
      ? sh`[ -s ${TOKEN_FILE} ] || differs ${`${TOKEN_FILE} is missing`}`
      : sh`${FUNCTIONS}
check_data ${FILE} ${wanted}`,
    apply: old
      ? undefined
      : sh`${FUNCTIONS}
make_data ${FILE} ${[controlPlanes ? 'yes' : 'no', release.minor, uploadFlag(release.minor), INIT_CONFIG]}`,
    output: {
      name: JOINING,
      secret: true,
      read: old
        ? sh`printf '%s - -\n' "$(cat ${TOKEN_FILE})"`
        : sh`${FUNCTIONS}
if read_data ${FILE}; then printf '%s %s %s\n' "$TOKEN" "$HASH" "$KEY"; else echo '- - -'; fi`,
    },
  });
}

/** Its name until 1.14. */
function uploadFlag(minor: number): string {
  return minor < 15 ? '--experimental-upload-certs' : '--upload-certs';
}

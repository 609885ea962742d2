import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { IMAGES, INIT, INIT_CONFIG, PACKAGES, STATE } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';
import { readState } from '../member/state.js';
import { initFlags } from '../kubeadm/old-flags.js';
import { TOKEN_FILE } from './old-token.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./init.sh', import.meta.url), 'utf8')));
/** Seconds that kubeadm may take; it waits four minutes for the control plane itself. */
const TIMEOUT = 900;
/** Seconds for a control plane that is there to answer. */
const COMES_BACK = 120;

/**
 * The cluster begins on the first control plane. One that is there and stopped is started; one whose kubeadm was interrupted
 * is brought to its end, with the certificates and data that it has. A control plane that serves is left alone.
 */
export function clusterBegun(context: KubernetesContext): Task {
  return command({
    id: INIT,
    title: 'the first control plane serves the cluster',
    after: [STATE, PACKAGES, IMAGES],
    prevents: ['kubeadm-leftovers', 'kubeadm-advertise-address'],
    timeout: { check: 60, apply: TIMEOUT },
    check: sh`${FUNCTIONS}
check_init`,
    apply: sh`${FUNCTIONS}
${readState()}
apply_init ${COMES_BACK} ${kubeadmInit(context)}`,
  });
}

/** The token that kubeadm prints would be in the log. */
function kubeadmInit(context: KubernetesContext): Script {
  const { release } = context;
  if (release.configApi === undefined)
    return sh`kubeadm init ${initFlags(context)} --token "$(cat ${TOKEN_FILE})"`;
  return sh`kubeadm init --config ${INIT_CONFIG} --skip-token-print`;
}

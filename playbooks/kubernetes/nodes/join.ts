import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { IMAGES, INIT, JOIN, JOIN_DATA, OWN_FOLDER, PACKAGES } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { joinConfig } from '../kubeadm/join-config.js';
import { KUBECTL } from '../kubectl.js';
import { readState } from '../member/state.js';
import { joining } from './joining.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./join.sh', import.meta.url), 'utf8')));
/** Name of the secret with kubeadm's configuration: it has the token in it. */
const CONFIG = 'kubeadm-join';
/** Seconds; a control plane also waits for its member of etcd. */
const TIMEOUT = 900;

/** The host is a node of the cluster. A node that serves is left alone. */
export function joined(host: Host, context: KubernetesContext): Task {
  const { members } = context;
  const role = members.controlPlanes.includes(host) ? 'control-plane' : 'worker';
  const known = joining(context);
  const task = {
    id: JOIN,
    title: `the host is a ${role === 'worker' ? 'node' : 'control plane'} of the cluster`,
    after: [PACKAGES, IMAGES, `${members.first.name}:${INIT}`, `${members.first.name}:${JOIN_DATA}`],
    prevents: ['kubeadm-leftovers', 'kubeadm-advertise-address', 'kubeadm-two-addresses'],
    timeout: { check: 90, apply: TIMEOUT },
    check: sh`${FUNCTIONS}
check_join ${[host.name, role]}`,
  };
  if (known === undefined) {
    return command({
      ...task,
      apply: sh`cannot ${`How to join is known after ${JOIN_DATA} on ${members.first.name}, which is not part of this run. Run without --host, or with that host too.`}`,
    });
  }
  return command({
    ...task,
    secrets: [CONFIG],
    apply: sh`${FUNCTIONS}
${readState()}
mkdir -p ${OWN_FOLDER} || exit 2
apply_join ${host.name} "$SECRETS"/${CONFIG}`,
  });
}

/** kubeadm's configuration for a host that joins, which holds the token. */
export function joinSecrets(host: Host, context: KubernetesContext): Readonly<Record<string, string>> {
  const known = joining(context);
  return known === undefined ? {} : { [CONFIG]: joinConfig(host, context, known) };
}

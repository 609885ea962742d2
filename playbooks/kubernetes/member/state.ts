import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { verdict } from '../../verdict.js';
import { MEMBERSHIP, OWN_FOLDER, STATE } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./state.sh', import.meta.url), 'utf8'));

/** Sets $STATE_OF_HOST. */
export function readState(): Script {
  return sh`${FUNCTIONS}
read_state '' ${OWN_FOLDER}`;
}

/**
 * The host is a member of a cluster, or nothing is in the way of its becoming one. What an earlier cluster left is told and
 * never removed: `up` resets no host.
 */
export function memberState(host: Host, { members }: KubernetesContext): Task {
  return command({
    id: STATE,
    title: 'the host is a member of a cluster, or free to become one',
    prevents: ['kubeadm-leftovers'],
    timeout: { check: 60 },
    check: sh`${lines(KUBECTL, FUNCTIONS)}
check_state ${[host.name, OWN_FOLDER, host === members.first ? 'first' : 'other']}`,
    output: {
      name: MEMBERSHIP,
      secret: false,
      read: sh`${readState()}
printf '%s ' "$STATE_OF_HOST"
ca_of_host ''`,
    },
  });
}

/** What a host is to which cluster. */
export interface Membership {
  readonly state: 'none' | 'begun' | 'member';
  /** SHA-256 of the certificate of its CA. */
  readonly ca: string | undefined;
}

/** undefined while the host has not been asked. */
export function membership(host: Host, { outputs }: KubernetesContext): Membership | undefined {
  const [state, ca] = outputs.get(host.name)?.get(MEMBERSHIP)?.trim().split(' ') ?? [];
  if (state !== 'none' && state !== 'begun' && state !== 'member') return undefined;
  return { state, ca: ca === '-' ? undefined : ca };
}

/** A host that is a member is one of the cluster that the first control plane serves. */
export function oneCluster(host: Host, context: KubernetesContext): Task {
  const { first } = context.members;
  const [own, cluster] = [membership(host, context), membership(first, context)];
  const foreign = own?.ca !== undefined && cluster !== undefined && own.ca !== cluster.ca;
  return verdict({
    id: 'kubernetes-one-cluster',
    title: 'the host is a member of no other cluster',
    prevents: ['kubeadm-leftovers'],
    problem: foreign
      ? `The certificates in /etc/kubernetes of ${host.name} are of another cluster than those of ${first.name}. If nothing of the other cluster is needed any more: provision reset --stage kubernetes --host ${host.name}`
      : undefined,
  });
}

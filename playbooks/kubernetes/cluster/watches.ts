import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { dueAfter } from '../../due-after.js';
import { JOIN } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';
import { membership } from '../member/state.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./watches.sh', import.meta.url), 'utf8')));
/** kubernetes#97294 is of 1.20; before, API servers recovered by themselves. */
const FIRST_WITH_DEAD_WATCHES = 20;
/** kubeadm joins a member of etcd as a learner, which costs no quorum, since then (EtcdLearnerMode). */
const FIRST_WITH_LEARNERS = 29;

/**
 * The API server of the host that began the cluster hears of every change. While the second control plane joins, etcd has two members of
 * which one does not run yet, and thus no leader; watches of kube-proxy and others at the first API server then tell nothing more, for up to
 * ten minutes, and its caches are old (kubernetes#97294). Started anew it is well.
 */
export function freshWatches(context: KubernetesContext): readonly Task[] {
  const { members, release } = context;
  const others = members.controlPlanes.slice(1);
  const isConcerned = release.minor >= FIRST_WITH_DEAD_WATCHES && release.minor < FIRST_WITH_LEARNERS;
  if (others.length === 0 || !isConcerned) return [];
  const alone = !others.some((host) => membership(host, context)?.state === 'member');
  const task = command({
    id: 'kubernetes-watches',
    title: 'the first API server was started anew after the second control plane joined',
    timeout: { check: 60, apply: 300 },
    check: sh`${FUNCTIONS}
! [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || check_watches ${[release.controlPlaneLabel, members.first.name]}`,
    apply: sh`${FUNCTIONS}
restart_server`,
  });
  const joins = others.filter(({ name }) => context.facts.has(name)).map(({ name }) => `${name}:${JOIN}`);
  return [alone ? dueAfter(joins, task) : task];
}

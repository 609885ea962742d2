import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { hasRole } from '../../roles.js';
import { INIT, JOIN } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./marks.sh', import.meta.url), 'utf8')));

/** Control planes take pods when the inventory says so, and otherwise when their host also has the role worker. */
export function isSchedulable(host: Host, { inventory }: Pick<KubernetesContext, 'inventory'>): boolean {
  return inventory.kubernetes.schedulableControlPlane ?? hasRole(host, ['worker']);
}

/** Labels and taints that the inventory gives; others stay as they are. */
export function nodeMarks(context: KubernetesContext): readonly Task[] {
  const { members } = context;
  const after = [INIT, ...members.all.map(({ name }) => `${name}:${JOIN}`)];
  const part = (id: string, title: string, wanted: readonly string[], prevents: readonly string[]): Task =>
    command({
      id,
      title,
      after,
      prevents,
      check: sh`${FUNCTIONS}
wanted=${wanted.join('\n')}
[ -n "$wanted" ] || exit 0
MARKS=
pending ${INIT} || read_marks
check_marks <<END
$wanted
END`,
      apply: sh`${FUNCTIONS}
wanted=${wanted.join('\n')}
read_marks
apply_marks <<END
$wanted
END`,
    });
  return [
    part('kubernetes-labels', 'the nodes have their labels', members.all.flatMap(labels), []),
    part(
      'kubernetes-taints',
      'the nodes have their taints, and control planes that take pods have none of their own',
      members.all.flatMap((host) => taints(host, context)),
      ['kubeadm-master-tainted'],
    ),
  ];
}

function labels({ name, labels: own }: Host): readonly string[] {
  return [...own].map(([key, value]) => `${name} label ${key}=${value}`);
}

function taints(host: Host, context: KubernetesContext): readonly string[] {
  const own = host.taints.map((taint) => `${host.name} taint ${withValue(taint)}`);
  if (!context.members.controlPlanes.includes(host)) return own;
  const keys = context.release.controlPlaneTaints;
  const of = isSchedulable(host, context)
    ? keys.map((key) => `${host.name} without ${key}`)
    : keys.map((key) => `${host.name} taint ${key}=:NoSchedule`);
  return [...of, ...own];
}

/** `key:NoSchedule` is `key=:NoSchedule`. */
function withValue(taint: string): string {
  return taint.includes('=') ? taint : taint.replace(':', '=:');
}

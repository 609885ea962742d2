import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { ControlPlaneComponent } from '../../../src/inventory/kubernetes-settings.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { INIT, INIT_CONFIG, JOIN, PATCHES } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { KUBECTL } from '../kubectl.js';

const FUNCTIONS = lines(KUBECTL, rawScript(readFileSync(new URL('./arguments.sh', import.meta.url), 'utf8')));
const MANIFESTS = '/etc/kubernetes/manifests';
/** The file, and the first word of the command, of each component. */
const NAMES: Readonly<Record<ControlPlaneComponent, string>> = {
  apiServer: 'kube-apiserver',
  controllerManager: 'kube-controller-manager',
  scheduler: 'kube-scheduler',
  etcd: 'etcd',
};
/** `kubeadm init phase` came with it. */
const FIRST_WITH_PHASES = 13;

/** Arguments that the inventory has gained since the cluster began; kubeadm gives a new control plane all of them. */
export function controlPlaneArguments(host: Host, context: KubernetesContext): readonly Task[] {
  const { inventory, members, release } = context;
  const { extraArgs, patches } = inventory.kubernetes;
  const components = Object.entries(NAMES) as [ControlPlaneComponent, string][];
  const wanted = components.flatMap(([component, name]) =>
    [...extraArgs[component]].flatMap(([key, value]) => [name, `--${key}=${value}`]),
  );
  if (wanted.length === 0 || release.minor < FIRST_WITH_PHASES) return [];
  const flags = patches.size > 0 && release.patchesFlag !== undefined ? [release.patchesFlag, PATCHES] : [];
  const made = host === members.first ? INIT : JOIN;
  return [
    command({
      id: 'kubernetes-arguments',
      title: 'the control plane runs with the arguments of the inventory',
      after: ['kubeadm-settings'],
      timeout: { apply: 480 },
      check: sh`${FUNCTIONS}
! pending ${made} || exit 0
check_arguments ${[MANIFESTS, ...wanted]}`,
      apply: sh`${FUNCTIONS}
apply_arguments ${[INIT_CONFIG, flags.join(' '), ...wanted]}`,
    }),
  ];
}

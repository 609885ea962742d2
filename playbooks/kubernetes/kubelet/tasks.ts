import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Handler, Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { restartService } from '../../../src/tasks/restart-service.js';
import { service } from '../../../src/tasks/service.js';
import { onlyWhere } from '../../only-where.js';
import { INIT, JOIN, PACKAGES } from '../constants.js';
import type { KubernetesContext } from '../context.js';
import { kubeletConfiguration } from './configuration.js';
import { dropInPath, kubeletDropIn } from './drop-in.js';

const CONFIG_FUNCTIONS = rawScript(readFileSync(new URL('./config.sh', import.meta.url), 'utf8'));
const UNIT = 'kubelet.service';
/** What kubeadm makes of the cluster's KubeletConfiguration. */
const CONFIG = '/var/lib/kubelet/config.yaml';
const CONFIG_TASK = 'kubelet-config';
const RESTART = 'kubelet-restart';
/** kubelet has its credentials: before, it fails and is started again every ten seconds. */
const IS_NODE = sh`[ -s /etc/kubernetes/kubelet.conf ]`;

/** What kubelet is told: by flags, and since 1.11 by a file that kubeadm makes when the host becomes a node. */
export function kubeletSettings(host: Host, context: KubernetesContext): readonly Task[] {
  return [
    kubeletDropIn(host, context),
    ...(context.release.kubeletConfigFile ? [kubeletConfig(context)] : []),
  ];
}

/** The settings of the inventory in the file of a host that is a node already; kubeadm's own stay. */
function kubeletConfig({ inventory }: KubernetesContext): Task {
  const values = kubeletConfiguration(inventory.kubernetes, inventory.docker);
  const words = [
    CONFIG,
    stringify(values, { version: '1.1', lineWidth: 0 }).trimEnd(),
    ...Object.keys(values),
  ];
  return command({
    id: CONFIG_TASK,
    title: `${CONFIG} has the settings of the inventory`,
    prevents: ['kubelet-eviction-nodefs', 'docker-apt-minimal'],
    check: sh`${CONFIG_FUNCTIONS}
check_config ${words}`,
    apply: sh`${CONFIG_FUNCTIONS}
apply_config ${words}`,
  });
}

/** kubelet runs with its present settings; the pods of the host go on meanwhile. */
export function kubeletRestart(context: KubernetesContext): Handler {
  const reads = [dropInPath(context), ...(context.release.kubeletConfigFile ? [CONFIG] : [])];
  const handler = restartService({
    id: RESTART,
    unit: UNIT,
    reads,
    tasks: ['kubelet-drop-in', CONFIG_TASK, PACKAGES],
  });
  return onlyWhere(IS_NODE, handler);
}

/** kubelet runs now and starts with the host; kubeadm sees to it on a host that becomes a node. */
export function kubeletService(host: Host, { members }: KubernetesContext): Task {
  const made = host === members.first ? INIT : JOIN;
  const task = service({ id: 'kubelet-service', unit: UNIT, enabled: true, running: true });
  return onlyWhere(sh`{ ! pending ${made} && ${IS_NODE}; }`, task);
}

import type { Task } from '../../../src/engine/task.js';
import { file } from '../../../src/tasks/file.js';
import { packages } from '../../../src/tasks/packages.js';
import { restartService } from '../../../src/tasks/restart-service.js';
import { service } from '../../../src/tasks/service.js';
import type { KubernetesContext } from '../context.js';
import { CNI_CONFIG, CNI_PLUGINS, sandboxImage } from './containerd-config.js';

const SOCKET = 'cri-docker.socket';
const SERVICE = 'cri-docker.service';
const DROP_INS = '/etc/systemd/system/cri-docker.service.d';
const DROP_IN = `${DROP_INS}/10-provision.conf`;

/**
 * What stands between kubelet and Docker since 1.24. Its package is in no public repository (its releases are files at GitHub): it comes
 * from the folder of packages, or from a mirror that has it.
 */
export function criDockerd({ inventory, release }: KubernetesContext): readonly Task[] {
  return [
    packages({
      id: 'kubernetes-cri-dockerd-package',
      install: ['cri-dockerd'],
      hold: true,
      lockTimeout: inventory.packages.lockTimeout,
      update: true,
    }),
    file({
      id: 'kubernetes-cri-dockerd-settings',
      path: DROP_IN,
      content: criDockerdDropIn(sandboxImage(inventory.kubernetes, release)),
    }),
    service({ id: 'kubernetes-cri-dockerd-socket', unit: SOCKET, enabled: true, running: true }),
    service({ id: 'kubernetes-cri-dockerd-service', unit: SERVICE, enabled: true, running: true }),
    restartService({
      id: 'kubernetes-cri-dockerd',
      unit: SERVICE,
      reads: [DROP_IN],
      tasks: ['kubernetes-cri-dockerd-package', 'kubernetes-cri-dockerd-settings'],
    }),
  ];
}

/** The pause image of its own version may be another, and the network plugins are not in the place that it knows. */
export function criDockerdDropIn(sandbox: string): string {
  const flags = [
    '--container-runtime-endpoint fd://',
    '--network-plugin=cni',
    `--cni-bin-dir=${CNI_PLUGINS}`,
    `--cni-conf-dir=${CNI_CONFIG}`,
    `--pod-infra-container-image=${sandbox}`,
  ];
  return `# Managed by provision.
[Service]
ExecStart=
ExecStart=/usr/bin/cri-dockerd ${flags.join(' ').replaceAll('%', '%%')}
`;
}

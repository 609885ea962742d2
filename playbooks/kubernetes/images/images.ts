import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { IMAGES, PACKAGES } from '../constants.js';
import type { KubernetesContext } from '../context.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./images.sh', import.meta.url), 'utf8'));
/** Seconds: about a gigabyte over a slow line. */
const TIMEOUT = 3600;
/** `kubeadm config images list` came with it (components.md C2); before, kubelet pulls while kubeadm waits. */
const FIRST_WITH_LIST = 11;

/** The images are on the host before kubeadm needs them: it would only say that it waits. */
export function images(host: Host, { inventory, members, release }: KubernetesContext): readonly Task[] {
  if (release.minor < FIRST_WITH_LIST) return [];
  const { imageRepository = '', folder = '' } = inventory.kubernetes;
  const runtime = release.runtime === 'containerd' ? 'containerd' : 'docker';
  const role = members.controlPlanes.includes(host) ? 'control-plane' : 'worker';
  const words = [runtime, role, imageRepository, folder];
  return [
    command({
      id: IMAGES,
      title: 'the images of the cluster are there',
      after: [PACKAGES, 'kubernetes-containerd'],
      prevents: ['hosts-registry-blocked'],
      timeout: { apply: TIMEOUT },
      check: sh`${FUNCTIONS}
check_images ${words}`,
      apply: sh`${FUNCTIONS}
fetch_images ${words}`,
    }),
  ];
}

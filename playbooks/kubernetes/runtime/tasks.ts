import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../../src/engine/facts.js';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { dockerRelease } from '../../docker/releases.js';
import { dockerProxy } from '../../proxy.js';
import { verdict } from '../../verdict.js';
import type { KubernetesContext } from '../context.js';
import { containerd, PROXY } from './containerd.js';
import { criDockerd } from './cri-dockerd.js';
import { crictlConfig } from './crictl.js';
import { containerdVersion, runtimeProblem } from './problem.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./cgroup-driver.sh', import.meta.url), 'utf8'));

/** The container runtime as kubelet needs it. Docker itself is there already, by its own stage. */
export function runtimeTasks(host: Host, context: KubernetesContext): readonly Task[] {
  const facts = context.facts.get(host.name);
  if (facts === undefined) return [];
  return [runtimeFits(facts, context), ...ownTasks(facts, context), ...crictlConfig(context.release)];
}

function ownTasks(facts: HostFacts, context: KubernetesContext): readonly Task[] {
  switch (context.release.runtime) {
    case 'containerd':
      return containerd(facts, context);
    case 'cri-dockerd':
      return [oneCgroupDriver(context), ...criDockerd(context)];
    default:
      return [oneCgroupDriver(context)];
  }
}

/** Secrets of the tasks. */
export function runtimeSecrets({ inventory, release }: KubernetesContext): Readonly<Record<string, string>> {
  if (release.runtime !== 'containerd' || inventory.proxy === undefined) return {};
  return { [PROXY]: dockerProxy(inventory) };
}

function runtimeFits(facts: HostFacts, { inventory, release }: KubernetesContext): Task {
  const { engine } = dockerRelease(inventory.docker, facts);
  return verdict({
    id: 'kubernetes-runtime',
    title: `kubelet 1.${release.minor} and the container runtime understand each other`,
    problem: runtimeProblem(release, {
      docker: engine,
      containerd: containerdVersion(inventory.docker, facts),
    }),
  });
}

/** Otherwise kubelet ends with "misconfiguration: kubelet cgroup driver ... is different from docker cgroup driver". */
function oneCgroupDriver({ inventory }: KubernetesContext): Task {
  return command({
    id: 'kubernetes-cgroup-driver',
    title: 'Docker has the cgroup driver that kubelet gets',
    check: sh`${FUNCTIONS}
check_driver ${inventory.docker.cgroupDriver}`,
    prevents: ['docker-apt-minimal'],
  });
}

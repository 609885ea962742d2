import { readFileSync } from 'node:fs';
import type { HostFacts } from '../../../src/engine/facts.js';
import type { Task } from '../../../src/engine/task.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { file } from '../../../src/tasks/file.js';
import { restartService } from '../../../src/tasks/restart-service.js';
import { service } from '../../../src/tasks/service.js';
import { dueAfter } from '../../due-after.js';
import { onlyWhere } from '../../only-where.js';
import { proxyFile } from '../../proxy.js';
import type { KubernetesContext } from '../context.js';
import { CONTAINERD_CONFIG, containerdConfig, REGISTRIES, sandboxImage } from './containerd-config.js';
import { registryHosts } from './registries.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./containerd.sh', import.meta.url), 'utf8'));
const UNIT = 'containerd.service';
const DROP_INS = '/etc/systemd/system/containerd.service.d';
const CONFIG = 'kubernetes-containerd-config';
/** The secret with the drop-in of the proxy. */
export const PROXY = 'kubernetes-containerd-proxy';

/**
 * containerd as the runtime of kubelet. It came with Docker, which goes on using it: its containers outlive a restart of containerd.
 * It runs with its configuration before the images are fetched through it, so the restart is a task and no handler.
 */
export function containerd(facts: HostFacts, context: KubernetesContext): readonly Task[] {
  const { inventory } = context;
  return [
    configuration(facts, context),
    proxyFile(PROXY, `${DROP_INS}/http-proxy.conf`, inventory),
    ...registries(context),
    // Where it is not installed yet, Docker's packages bring it, running.
    onlyWhere(
      sh`have containerd`,
      service({ id: 'kubernetes-containerd-service', unit: UNIT, enabled: true, running: true }),
    ),
    dueAfter(
      [CONFIG, PROXY],
      restartService({
        id: 'kubernetes-containerd',
        title: `${UNIT} runs with its present configuration`,
        unit: UNIT,
        // The folder tells of a drop-in that is gone.
        reads: [CONTAINERD_CONFIG, DROP_INS],
        tasks: [CONFIG, PROXY],
      }),
    ),
  ];
}

/** On a host without containerd, what is installed decides which of the two it is. */
function configuration(facts: HostFacts, { inventory, release }: KubernetesContext): Task {
  const settings = {
    sandboxImage: sandboxImage(inventory.kubernetes, release),
    cgroupDriver: inventory.docker.cgroupDriver,
  };
  const of = (major: 1 | 2): Task =>
    file({
      id: CONFIG,
      path: CONTAINERD_CONFIG,
      content: containerdConfig(major, settings),
      mode: '0644',
      prevents: ['docker-insecure-registry'],
    });
  const known = majorOf(facts.runtimes.containerd);
  if (known !== undefined) return of(known);
  const [first, second] = [of(1), of(2)];
  return {
    ...first,
    check: sh`${FUNCTIONS}
case $(containerd_major) in
  1)
    ${first.check}
    ;;
  2)
    ${second.check}
    ;;
  *) differs 'containerd is not installed yet' ;;
esac`,
    apply: sh`${FUNCTIONS}
case $(containerd_major) in
  1) ${first.apply ?? sh`:`} ;;
  2) ${second.apply ?? sh`:`} ;;
  *) cannot 'containerd does not tell its version, or is not installed: it comes with Docker, by the stage docker' ;;
esac`,
  };
}

function majorOf(version: string | undefined): 1 | 2 | undefined {
  if (version === undefined) return undefined;
  return Number.parseInt(version, 10) < 2 ? 1 : 2;
}

/** containerd reads these whenever it fetches something. */
function registries({ inventory }: KubernetesContext): readonly Task[] {
  const hosts = registryHosts(inventory.docker);
  const stale = sh`stale_registries ${[REGISTRIES, ...hosts.keys()]}`;
  return [
    ...[...hosts].map(([name, content]) =>
      file({
        id: `kubernetes-registry-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
        path: `${REGISTRIES}/${name}/hosts.toml`,
        content,
        mode: '0644',
        prevents: ['docker-insecure-registry', 'hosts-registry-blocked'],
      }),
    ),
    command({
      id: 'kubernetes-registries',
      title: `${REGISTRIES} has nothing of an earlier inventory`,
      check: sh`${FUNCTIONS}
stale=$(${stale})
[ -z "$stale" ] || differs "of an earlier inventory: $stale"`,
      apply: sh`${FUNCTIONS}
${stale} | while IFS= read -r each; do
  keep_copy "$each" && rm -f "$each" "$STATE/written$each.sha256" || exit 2
  rmdir "${rawScript('${each%/*}')}" 2>/dev/null || :
done`,
    }),
  ];
}

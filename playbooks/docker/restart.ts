import type { HostFacts } from '../../src/engine/facts.js';
import type { Handler } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { restartService } from '../../src/tasks/restart-service.js';
import { withoutEpoch } from './releases.js';
import { DAEMON_JSON } from './settings.js';

export const UNIT = 'docker.service';
export const PROXY = '/etc/systemd/system/docker.service.d/http-proxy.conf';

/**
 * The engine runs with its present settings and its present program. While its data is moved it is stopped, and the
 * service task starts it with both.
 */
export function restartEngine({ version }: DockerSettings, { runtimes }: HostFacts): Handler {
  const upgrade =
    version !== undefined && runtimes.docker !== undefined && !isVersion(runtimes.docker, version);
  const handler = restartService({
    id: 'docker-restart',
    unit: UNIT,
    reads: [DAEMON_JSON, PROXY],
    tasks: [
      'docker-proxy',
      'docker-cgroup-driver',
      'docker-settings',
      ...(upgrade ? ['docker-packages'] : []),
    ],
  });
  return {
    ...handler,
    check: sh`if pending docker-data-root; then exit 0; fi
if [ -r /run/docker.pid ]; then
  read -r pid </run/docker.pid || :
  case $(readlink "/proc/$pid/exe") in
    *' (deleted)') differs 'the engine was upgraded and still runs its old program' || exit 1 ;;
  esac
fi
${handler.check}`,
  };
}

/** The facts say less of a version than the package does, the inventory less or more. */
function isVersion(installed: string, declared: string): boolean {
  const wanted = withoutEpoch(declared);
  return installed.startsWith(wanted) || wanted.startsWith(installed);
}

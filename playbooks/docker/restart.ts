import type { HostFacts } from '../../src/engine/facts.js';
import type { Handler } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { type Daemon, restartOlderDaemon } from '../daemon.js';
import { onlyWhere } from '../only-where.js';
import { withoutEpoch } from './releases.js';
import { DAEMON_JSON } from './settings.js';

export const ENGINE: Daemon = { unit: 'docker.service', pidFile: '/run/docker.pid', program: 'dockerd' };
export const DROP_INS = '/etc/systemd/system/docker.service.d';

/**
 * The engine runs with its present settings and its present program. While its data is moved it is stopped, and the
 * service task starts it with both.
 */
export function restartEngine({ version }: DockerSettings, { runtimes }: HostFacts): Handler {
  const upgrade =
    version !== undefined && runtimes.docker !== undefined && !isVersion(runtimes.docker, version);
  const handler = restartOlderDaemon(ENGINE, {
    id: 'docker-restart',
    // The folder tells of a drop-in that is gone.
    reads: [DAEMON_JSON, DROP_INS],
    tasks: ['docker-proxy', 'docker-settings', ...(upgrade ? ['docker-packages'] : [])],
  });
  return onlyWhere(sh`{ ! pending docker-data-root; }`, handler);
}

/** The facts say less of a version than the package does, the inventory less or more. */
function isVersion(installed: string, declared: string): boolean {
  const wanted = withoutEpoch(declared);
  return installed.startsWith(wanted) || wanted.startsWith(installed);
}

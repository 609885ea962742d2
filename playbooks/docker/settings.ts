import type { Task } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { sh } from '../../src/shell/script.js';
import { jsonMerge, type JsonObject } from '../../src/tasks/json-merge.js';
import type { DockerRelease } from './releases.js';

export const DAEMON_JSON = '/etc/docker/daemon.json';

/** Our part of daemon.json; the user's other keys stay. */
export function daemonSettings(settings: DockerSettings, release: DockerRelease): JsonObject {
  const { registryMirrors, insecureRegistries } = settings;
  return {
    [release.rootKey]: settings.dataRoot,
    'log-driver': 'json-file',
    'log-opts': { 'max-size': settings.logMaxSize, 'max-file': String(settings.logMaxFiles) },
    'exec-opts': [`native.cgroupdriver=${settings.cgroupDriver}`],
    ...(registryMirrors.length === 0 ? {} : { 'registry-mirrors': [...registryMirrors] }),
    ...(insecureRegistries.length === 0 ? {} : { 'insecure-registries': [...insecureRegistries] }),
  };
}

/** daemon.json with our settings in it. */
export function daemonJson(settings: DockerSettings, release: DockerRelease): Task {
  const merge = jsonMerge({
    id: 'docker-settings',
    title: `${DAEMON_JSON} has our settings`,
    path: DAEMON_JSON,
    values: daemonSettings(settings, release),
    remove: [release.wrongRootKey],
    after: ['docker-data-root'],
    prevents: ['docker-graph-key', 'docker-insecure-registry', 'docker-apt-minimal', 'hosts-root-disk-small'],
  });
  return withOneCgroupDriver(merge, settings);
}

/** Lists are united: that would leave both drivers in exec-opts, and the engine takes the first. */
function withOneCgroupDriver(merge: Task, { cgroupDriver }: DockerSettings): Task {
  const other = cgroupDriver === 'systemd' ? 'cgroupfs' : 'systemd';
  const wrong = `"native.cgroupdriver=${other}"`;
  const asksForOther = sh`read_text ${DAEMON_JSON}
other=no
case $TEXT in
  *${wrong}*) other=yes ;;
esac`;
  return {
    ...merge,
    check: sh`${asksForOther}
[ "$other" = no ] || differs ${`${DAEMON_JSON} asks for the cgroup driver ${other}`}
(
${merge.check}
) && [ "$other" = no ]`,
    apply: sh`${asksForOther}
if [ "$other" = yes ]; then
  sed ${`s/${wrong}/"native.cgroupdriver=${cgroupDriver}"/g`} ${DAEMON_JSON} | replace_file ${DAEMON_JSON} '' '' '' || exit 2
fi
${merge.apply ?? sh`:`}`,
  };
}

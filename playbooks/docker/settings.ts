import type { Task } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
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

export function daemonJson(settings: DockerSettings, release: DockerRelease): Task {
  return jsonMerge({
    id: 'docker-settings',
    title: `${DAEMON_JSON} has our settings`,
    path: DAEMON_JSON,
    values: daemonSettings(settings, release),
    remove: [release.wrongRootKey],
    after: ['docker-data-root', 'docker-cgroup-driver'],
    prevents: ['docker-graph-key', 'docker-insecure-registry', 'docker-apt-minimal', 'hosts-root-disk-small'],
  });
}

/** Merging would leave both drivers in the list, and the engine takes the first. */
export function oneCgroupDriver({ cgroupDriver }: DockerSettings): Task {
  const other = cgroupDriver === 'systemd' ? 'cgroupfs' : 'systemd';
  const wrong = `"native.cgroupdriver=${other}"`;
  const found = rawScript(`found() {
  read_text ${DAEMON_JSON}
  case $TEXT in
    *'${wrong}'*) return 0 ;;
  esac
  return 1
}`);
  return command({
    id: 'docker-cgroup-driver',
    title: `${DAEMON_JSON} does not ask for the cgroup driver ${other}`,
    prevents: ['docker-apt-minimal'],
    check: sh`${found}
! found || differs ${`${DAEMON_JSON} asks for the cgroup driver ${other}`}`,
    apply: sh`${found}
if found; then
  sed ${`s/${wrong}/"native.cgroupdriver=${cgroupDriver}"/g`} ${DAEMON_JSON} | replace_file ${DAEMON_JSON} '' '' ''
fi`,
  });
}

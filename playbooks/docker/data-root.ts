import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { DAEMON_JSON } from './settings.js';

export const DATA_ROOT_FUNCTIONS = rawScript(
  readFileSync(new URL('./data-root.sh', import.meta.url), 'utf8'),
);
/** Seconds: a big disk full of images. */
const COPY_TIMEOUT = 6 * 3600;

/**
 * Existing data moves to the declared data root before the engine is told of it. The old copy is kept: taking it away is
 * the operator's, once the engine has shown that it runs on the new one.
 */
export function dataRoot({ dataRoot: root }: DockerSettings): Task {
  return command({
    id: 'docker-data-root',
    title: `images, containers and volumes are in ${root}`,
    prevents: ['hosts-root-disk-small'],
    timeout: { apply: COPY_TIMEOUT },
    check: sh`${DATA_ROOT_FUNCTIONS}
check_root ${[DAEMON_JSON, root]}`,
    apply: sh`${DATA_ROOT_FUNCTIONS}
move_root ${[DAEMON_JSON, root]}`,
  });
}

import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { dueAfter } from '../due-after.js';
import { provenOnce } from '../proven-once.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./container.sh', import.meta.url), 'utf8'));

/** The engine runs a container, with the declared data root and cgroup driver; proven once for each start of the engine. */
export function containerRuns({ dataRoot, cgroupDriver }: DockerSettings): Task {
  const task = provenOnce({
    id: 'container-runs',
    title: 'a container runs',
    prevents: ['docker-apt-minimal'],
    timeout: 300,
    key: sh`${FUNCTIONS}
engine_key`,
    due: 'no container has been run since the engine started',
    prove: sh`${FUNCTIONS}
has_engine_settings ${[dataRoot, cgroupDriver]} && run_container`,
  });
  return dueAfter(['docker-data-root', 'docker-restart'], task);
}

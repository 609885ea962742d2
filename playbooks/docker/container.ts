import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import type { DockerSettings } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { provenOnce } from '../proven-once.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./container.sh', import.meta.url), 'utf8'));

/** The engine runs a container, with the declared data root and cgroup driver; proven once for each start of the engine. */
export function containerRuns({ dataRoot, cgroupDriver }: DockerSettings): Task {
  return provenOnce({
    id: 'container-runs',
    title: 'a container runs',
    // Both start the engine anew; one that does not run has no key.
    after: ['docker-data-root', 'docker-restart'],
    prevents: ['docker-apt-minimal'],
    timeout: 300,
    key: sh`${FUNCTIONS}
engine_key`,
    due: 'no container has been run since the engine started',
    prove: sh`${FUNCTIONS}
has_engine_settings ${[dataRoot, cgroupDriver]} && run_container`,
  });
}

import { readFileSync } from 'node:fs';
import type { ClusterLog } from '../../src/engine/play.js';
import { sh } from '../../src/shell/script.js';
import { API_LIST } from '../api-list.js';

const PROGRAM = readFileSync(new URL('./events.awk', import.meta.url), 'utf8');

/** Events of pods, nodes and the rest. The API server keeps them for an hour (--event-ttl). */
export const KUBERNETES_EVENTS: ClusterLog = {
  name: 'events of Kubernetes',
  script: sh`${API_LIST}
read_list /api/v1/events ${PROGRAM} | sort | cut -d ' ' -f 2-`,
};

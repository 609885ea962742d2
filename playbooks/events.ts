import { readFileSync } from 'node:fs';
import type { ClusterLog } from '../src/engine/play.js';
import { lines, rawScript, type Script, sh } from '../src/shell/script.js';
import { API_LIST } from './api-list.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** Shell functions for what happened in the cluster, behind those of API_LIST: see events.sh and events.awk. */
export const EVENTS: Script = lines(sh`EVENTS_AWK=${read('./events.awk')}`, rawScript(read('./events.sh')));

/** Events of pods, nodes and the rest. */
export const KUBERNETES_EVENTS: ClusterLog = {
  name: 'events of Kubernetes',
  script: sh`${API_LIST}
${EVENTS}
event_log`,
};

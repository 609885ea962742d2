import { readFileSync } from 'node:fs';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { DATA_ROOT_FUNCTIONS } from './data-root.js';
import { ENGINE } from './restart.js';
import { DAEMON_JSON } from './settings.js';

const PROBES = lines(
  DATA_ROOT_FUNCTIONS,
  rawScript(readFileSync(new URL('./probes.sh', import.meta.url), 'utf8')),
);
/** Where containerd has its settings for each registry. */
const CERTS = '/etc/containerd/certs.d';
const KUBELET = ['/var/lib/kubelet/config.yaml', '/var/lib/kubelet/kubeadm-flags.env'];

export const REGISTRIES_PROBE = sh`${PROBES}
probe_registries ${[DAEMON_JSON, CERTS]}`;

export const ROOT_KEY_PROBE = sh`${PROBES}
probe_root_key ${[DAEMON_JSON, ENGINE.pidFile]}`;

export const VOLUMES_PROBE = sh`${PROBES}
current_root ${DAEMON_JSON}
probe_volumes "$CURRENT"`;

const ROOT_AND_PID = sh`current_root ${DAEMON_JSON}
set -- "$CURRENT" ${ENGINE.pidFile}`;

/** Refuses while the files that the probe found are anybody's. */
export const MAY_UNLINK = sh`${PROBES}
${ROOT_AND_PID}
may_unlink "$@"`;

/** What deletes the folders that the probe found, where the engine was deleting them. */
export const UNLINKING = sh`${PROBES}
${ROOT_AND_PID}
propose_unlinking "$@" ${ENGINE.unit}`;

export const ENGINE_PROBE = sh`${PROBES}
[ ! -d "$STATE" ] || probe_engine ${[ENGINE.unit, ...KUBELET, DAEMON_JSON, ENGINE.pidFile]}`;

import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CONF, CONF_FILE } from '../conf.js';
import type { CephContext } from '../context.js';
import { hasMonitor } from '../found.js';
import { daemonService, SERVICE, START_TIMEOUT } from './service.js';

const FUNCTIONS = lines(
  SERVICE,
  CONF,
  rawScript(readFileSync(new URL('./monitor.sh', import.meta.url), 'utf8')),
);

/** Name of the secret that holds the keys that a new monitor begins with. */
export const MON_KEYRING = 'ceph-mon-keyring';

/** Seconds in which a monitor that was started finds the others. */
const DEADLINE = 120;
const PROOF_TIMEOUT = DEADLINE + 60;

const SERVICE_ID = 'ceph-mon-service';
const DATA_ID = 'ceph-mon-data';
const FORMED = 'ceph-formed';
const MON_KEY = 'ceph-mon-key';

const dataFolder = ({ name }: Host): string => `/var/lib/ceph/mon/ceph-${name}`;

/** The host has the data of a monitor; where making it was cut, perhaps not all of it. */
function isMade(host: Host, context: CephContext): boolean {
  return hasMonitor({ ...context, inventory: { ...context.inventory, hosts: [host] } });
}

/** Monitors of the inventory that are yet to be made. */
export function missingMonitors(context: CephContext): readonly Host[] {
  return context.members.mons.filter((host) => !isMade(host, context));
}

/**
 * A monitor that was made runs, before anything is asked of the cluster. Before monitors are added or made anew, those that
 * once had a quorum have it again: otherwise the new ones would begin a cluster that has forgotten everything.
 */
export function madeMonitor(host: Host, context: CephContext): readonly Task[] {
  if (!context.members.mons.includes(host)) return [];
  const key = monitorKey(host);
  if (!isMade(host, context)) return [key];
  const unless = onlyWithStore(host);
  return [
    key,
    daemonService('mon', host, { after: ['ceph-packages'], unless }),
    ...(missingMonitors(context).length > 0 ? [stillInQuorum(host, context, unless)] : []),
  ];
}

function onlyWithStore(host: Host): Script {
  return sh`${FUNCTIONS}
has_store ${dataFolder(host)} || exit 0`;
}

/** For an admin host that has lost its keys. */
function monitorKey(host: Host): Task {
  return command({
    id: MON_KEY,
    title: 'what opens the cluster on a monitor can be handed to the admin host',
    check: sh`:`,
    output: {
      name: MON_KEY,
      secret: true,
      read: sh`awk '$1 == "key" && $2 == "=" { print $3; exit }' ${`${dataFolder(host)}/keyring`} 2>/dev/null || :`,
    },
  });
}

/** The key of all monitors, as the first of them that has one has handed it over. */
export function knownMonitorKey({ members, outputs }: CephContext): string | undefined {
  const keys = members.mons.map(({ name }) => outputs.get(name)?.get(MON_KEY));
  return keys.find((key) => key !== undefined && key !== '');
}

function stillInQuorum(host: Host, { members }: CephContext, unless: Script): Task {
  return command({
    id: 'ceph-mon-quorum',
    title: 'the monitor is in the quorum, if there ever was one',
    after: ['ceph-packages', ...members.mons.map(({ name }) => `${name}:${SERVICE_ID}`)],
    timeout: { check: PROOF_TIMEOUT },
    check: sh`${unless}
wait_for_mon ${[host.name, DEADLINE]} in_quorum_or_new`,
    output: {
      name: FORMED,
      secret: false,
      read: sh`${unless}
! in_quorum ${host.name} || echo yes`,
    },
  });
}

/** There is a quorum that new monitors join; otherwise they begin one together. */
export function isFormed({ members, outputs }: CephContext): boolean {
  return members.mons.some(({ name }) => outputs.get(name)?.get(FORMED) === 'yes');
}

/** A monitor with its data, that runs, starts with the host, and is in the quorum. */
export function monitorTasks(host: Host, context: CephContext): readonly Task[] {
  if (isMade(host, context)) return [monitorData(host, context)];
  return [
    monitorData(host, context),
    daemonService('mon', host, { after: ['ceph-packages', DATA_ID] }),
    command({
      id: 'ceph-mon-joined',
      title: 'the monitor has joined the others',
      after: ['ceph-packages', ...context.members.mons.map(({ name }) => `${name}:${SERVICE_ID}`)],
      prevents: ['ceph-cli-hangs'],
      timeout: { check: PROOF_TIMEOUT },
      check: sh`${FUNCTIONS}
wait_for_mon ${[host.name, DEADLINE]} in_quorum`,
    }),
  ];
}

/** A cluster that has a quorum takes the monitor in; before there is one, all begin with the same map. */
function monitorData(host: Host, context: CephContext): Task {
  const { members, release } = context;
  const folder = dataFolder(host);
  const msgr2 = release.msgr2 ? 'yes' : 'no';
  const future = isFormed(context)
    ? 'the other monitors will give it theirs'
    : 'it will begin the cluster, with the other monitors';
  const all = members.mons.flatMap((mon) => [mon.name, mon.address]);
  return command({
    id: DATA_ID,
    title: 'the monitor has its data',
    after: ['ceph-packages', 'ceph-conf', 'ceph-admin-key'],
    secrets: [MON_KEYRING],
    timeout: { apply: START_TIMEOUT },
    check: sh`${FUNCTIONS}
has_store ${folder} || differs ${`the monitor has no data in ${folder}; ${future}`}`,
    apply: lines(
      sh`${FUNCTIONS}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT`,
      sh`if ${quorumToJoin(host, context)}; then
  joined_map "$scratch/monmap" ${[msgr2, host.name, host.address]} || exit 2
else
  beginning /var/lib/ceph
  first_map "$scratch/monmap" "$(conf_value ${CONF_FILE} fsid)" ${[msgr2, ...all]} || exit 2
fi
make_store ${[folder, host.name]} "$scratch/monmap" "$SECRETS"/${MON_KEYRING} || exit 2`,
      ...(isMade(host, context) ? [sh`start_daemon mon ${host.name}`] : []),
    ),
  });
}

/** Asking costs ten seconds where nobody answers, so that is only done where somebody may. */
function quorumToJoin(host: Host, context: CephContext): Script {
  if (isFormed(context)) {
    return sh`wait_until 60 'the quorum of the other monitors' has_quorum || cannot 'The other monitors have lost their quorum; their logs (/var/log/ceph/ceph-mon.*.log) say why. A new monitor can only join a quorum.'`;
  }
  return isMade(host, context) ? sh`has_quorum` : sh`false`;
}

import type { Task } from '../../../src/engine/task.js';
import { lines, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CEPH_CLI } from '../cli.js';
import type { CephContext } from '../context.js';
import { BOOTSTRAP_KEYRING, clusterReady, CONF_FILE } from './constants.js';
import { MAKE, UP } from './shell.js';

/** Seconds in which an OSD must be up and in. */
const DEADLINE = 120;
/** Seconds: more than the cluster may take to answer, see cli.sh. */
const CHECK_SECONDS = 60;

interface RunningOsd {
  readonly context: CephContext;
  /** Its tasks' ids begin with it. */
  readonly id: string;
  readonly what: string;
  /** Shell that sets $OSD_ID, $OSD_UUID and $OSD_DIR, where the daemon finds its data. */
  readonly read: Script;
  /** Shell that ends the check with success where there is nothing to judge yet. */
  readonly unless?: Script | undefined;
  /** Shell that must come before the start. */
  readonly prepare?: Script | undefined;
  readonly after: readonly string[];
}

/**
 * The daemon is started and the cluster sees it. One task and not two: activating an OSD may succeed although it stays
 * down, and a daemon that is started is up only some time later.
 */
export function upTask({ context, id, what, read, unless, prepare, after }: RunningOsd): Task {
  const functions = lines(CEPH_CLI, read, MAKE, UP);
  return command({
    id: `${id}-up`,
    title: `${what} is up and in`,
    after: [...clusterReady(context), ...after],
    prevents: ['ceph-osd-down-after-activate'],
    timeout: { check: CHECK_SECONDS, apply: 3 * DEADLINE },
    check: sh`${functions}
${unless ?? sh`:`}
CLUSTER_DUE=no
${lines(...clusterDue(context))}
check_up "$OSD_DIR"`,
    apply: sh`${functions}
${prepare ?? sh`:`}
bring_up "$OSD_DIR" ${DEADLINE}`,
  });
}

/** While a monitor is to be started, or what the cluster is asked with is to be brought back, it says nothing of OSDs. */
function clusterDue({ members }: CephContext): readonly Script[] {
  const brought = [
    [CONF_FILE, 'ceph-conf'],
    [CONF_FILE, `${members.admin.name}:ceph-conf`],
    [BOOTSTRAP_KEYRING, 'ceph-bootstrap-osd'],
  ] as const;
  return [
    ...members.mons.map(({ name }) => sh`! pending ${`${name}:ceph-mon-service`} || CLUSTER_DUE=yes`),
    ...brought.map(([file, task]) => sh`[ -s ${file} ] || ! pending ${task} || CLUSTER_DUE=yes`),
  ];
}

import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { UNIT_APPLY_FUNCTIONS, UNIT_FUNCTIONS } from '../../../src/tasks/unit.js';
import { CEPH_CLI } from '../cli.js';
import type { CephContext } from '../context.js';

const load = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
const FUNCTIONS = lines(
  UNIT_FUNCTIONS,
  UNIT_APPLY_FUNCTIONS,
  load('../../../src/tasks/service-check.sh'),
  CEPH_CLI,
  load('../services.sh'),
);
/** Seconds: replaying a store, and a minute to be heard by the others. */
const TIMEOUT = 300;

/** Daemons that were made and do not run are started: the cluster that all else asks needs its monitors. */
export function daemonServices(host: Host, { members, release }: CephContext): readonly Task[] {
  return [
    ...(members.mons.includes(host) ? [daemonService('mon', 'monitor', host)] : []),
    ...(members.mgrs.includes(host) && release.mgr ? [daemonService('mgr', 'manager', host)] : []),
    ...(members.mdss.includes(host) ? [daemonService('mds', 'metadata server', host)] : []),
  ];
}

function daemonService(kind: 'mon' | 'mgr' | 'mds', what: string, { name }: Host): Task {
  return command({
    id: `ceph-${kind}-service`,
    title: `the ${what} runs, if it has been made`,
    after: ['ceph-packages'],
    timeout: { apply: TIMEOUT },
    check: sh`${FUNCTIONS}
check_daemon ${[kind, name]}`,
    apply: sh`${FUNCTIONS}
start_daemon ${[kind, name]}`,
  });
}

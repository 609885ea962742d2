import { readFileSync } from 'node:fs';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { UNIT_APPLY_FUNCTIONS, UNIT_FUNCTIONS } from '../../../src/tasks/unit.js';
import { CEPH_CLI } from '../cli.js';

export type DaemonKind = 'mon' | 'mgr' | 'mds';

const load = (file: string): Script => rawScript(readFileSync(new URL(file, import.meta.url), 'utf8'));
/** Starting daemons, and looking at those that run. */
export const SERVICE = lines(
  UNIT_FUNCTIONS,
  UNIT_APPLY_FUNCTIONS,
  load('../../../src/tasks/service-check.sh'),
  CEPH_CLI,
  load('../services.sh'),
  load('./service.sh'),
);
/** Seconds: replaying a store, and a minute to be heard by the others. */
export const START_TIMEOUT = 300;

interface DaemonService {
  readonly after: readonly string[];
  /** Ends the check with 0 when there is nothing that could run. */
  readonly unless?: Script;
}

/** The daemon runs and starts with the host. When it does not start, what its log says is shown. */
export function daemonService(
  kind: DaemonKind,
  { name }: Host,
  { after, unless = sh`` }: DaemonService,
): Task {
  return command({
    id: `ceph-${kind}-service`,
    title: `ceph-${kind}@${name}.service is enabled and running`,
    after,
    timeout: { apply: START_TIMEOUT },
    check: sh`${SERVICE}
${unless}
check_running ${[kind, name]}`,
    apply: sh`${SERVICE}
start_daemon ${[kind, name]}`,
  });
}

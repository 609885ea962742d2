import type { Task } from '../../src/engine/task.js';
import { sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { ASK } from './ask.js';
import type { CephContext } from './context.js';

/** Seconds in which monitors that were started find each other. */
const DEADLINE = 120;

/**
 * More than half of the monitors agree, so the cluster can be asked. That all of them do is proven at the end. While
 * monitors are to be started, on whatever host, it is not known.
 */
export function quorum({ members }: CephContext): Task {
  const logs = members.mons.map(({ name }) => `/var/log/ceph/ceph-mon.${name}.log on ${name}`).join(', ');
  return command({
    id: 'ceph-quorum',
    title: 'the monitors have a quorum',
    after: [
      'ceph-packages',
      'ceph-conf',
      'ceph-admin-key',
      ...members.mons.map(({ name }) => `${name}:ceph-mon-service`),
    ],
    prevents: ['ceph-cli-hangs'],
    timeout: { check: DEADLINE + 60 },
    check: sh`${ASK}
answers() { can_ask >/dev/null && has_quorum; }
deadline=0
[ "$MODE" != apply ] || deadline=${DEADLINE}
wait_until "$deadline" 'the quorum of the monitors' answers && exit 0
can_ask
for log in /var/log/ceph/ceph-mon.*.log; do
  [ ! -r "$log" ] || { printf '%s\n' "$log:"; tail -n 5 "$log"; }
done
cannot ${`The monitors have not found a quorum. Their logs say why: ${logs}; a firewall between them (3300 and 6789/tcp) and clocks that differ are the usual causes.`}`,
  });
}

import type { Task } from '../../../src/engine/task.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { UNIT_FUNCTIONS } from '../../../src/tasks/unit.js';

const PACKAGES = 'ceph-packages';

/** The daemons of OSDs start with the host only when what groups them does. The packages see to that when they are new. */
export function osdTarget(): Task {
  return command({
    id: 'ceph-osd-target',
    title: 'OSDs start with the host',
    after: [PACKAGES],
    check: sh`! pending ${PACKAGES} || exit 0
${UNIT_FUNCTIONS}
runs_systemd || exit 0
for link in /etc/systemd/system/*.wants/ceph-osd.target; do
  [ ! -e "$link" ] || exit 0
done
differs 'ceph-osd.target is not enabled'`,
    apply: sh`systemctl enable ceph.target ceph-osd.target`,
  });
}

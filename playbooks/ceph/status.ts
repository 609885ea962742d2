import type { StageStatus } from '../../src/engine/play.js';
import { sh } from '../../src/shell/script.js';
import { CEPH_CLI } from './cli.js';
import { cephMembers } from './members.js';
import { statusLines } from './status-lines.js';

/** What the cluster says of itself, asked on the admin host; on another monitor's when that one does not answer. */
export const status: StageStatus = {
  cluster: {
    title: 'Ceph',
    hosts: (inventory) => {
      const members = cephMembers(inventory);
      return members === undefined ? [] : [...new Set([members.admin, ...members.mons])];
    },
    script: sh`export LC_ALL=C
command -v ceph >/dev/null 2>&1 || exit 1
${CEPH_CLI}
ceph_cmd -s -f json 2>/dev/null </dev/null`,
    lines: statusLines,
    silence:
      'no monitor answered: either there is no cluster yet (provision up), or too few monitors run (systemctl status ceph-mon@NAME on their hosts)',
  },
};

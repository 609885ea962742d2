import type { Task } from '../../../src/engine/task.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CONF, CONF_FILE, confSettings } from '../conf.js';
import type { CephContext } from '../context.js';
import { FSID_OUTPUT } from './first-keys.js';

/** /etc/ceph/ceph.conf has the cluster's settings, and keeps what else is in it. */
export function configuration(context: CephContext): Task {
  const { admin } = context.members;
  const fsid = context.outputs.get(admin.name)?.get(FSID_OUTPUT);
  const words = [CONF_FILE, 'fsid', fsid ?? '', ...Object.entries(confSettings(context)).flat()];
  const task = {
    id: 'ceph-conf',
    title: `${CONF_FILE} has the settings of the cluster`,
    after: ['ceph-packages'],
    prevents: ['ceph-pool-size', 'ceph-osd-ext4-names', 'rbd-features'],
  };
  if (fsid === undefined) {
    return command({
      ...task,
      check: sh`differs ${`what it says is known after ceph-fsid on ${admin.name}`}`,
      apply: sh`cannot ${`${admin.name} has not handed over the id of the cluster`}`,
    });
  }
  return command({
    ...task,
    check: sh`${CONF}
conf_has ${words} && has_attributes ${[CONF_FILE, '644', 'root', 'root']}`,
    apply: sh`${CONF}
own=$(conf_value ${CONF_FILE} fsid)
[ -z "$own" ] || [ "$own" = ${fsid} ] || cannot ${`${CONF_FILE} is of another cluster, with the fsid `}"$own"${`, and exists with different content (pitfall ceph-leftovers). If nothing of it is needed any more: provision reset --stage ceph`}
conf_merge ${words} | replace_file ${[CONF_FILE, '644', 'root', 'root']}`,
  });
}

import type { Task } from '../../../src/engine/task.js';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { CONF, CONF_FILE, confSettings } from '../conf.js';
import type { CephContext } from '../context.js';
import { FSID_OUTPUT } from './first-keys.js';

const ATTRIBUTES = [CONF_FILE, '644', 'root', 'root'];

/** /etc/ceph/ceph.conf has the cluster's settings, and keeps what else is in it. */
export function configuration(context: CephContext): Task {
  const { admin } = context.members;
  const fsid = context.outputs.get(admin.name)?.get(FSID_OUTPUT);
  const settings = Object.entries(confSettings(context)).flat();
  const task = {
    id: 'ceph-conf',
    title: `${CONF_FILE} has the settings of the cluster`,
    after: ['ceph-packages'],
    prevents: ['ceph-pool-size', 'ceph-osd-ext4-names', 'rbd-features'],
  };
  if (fsid === undefined) {
    return command({
      ...task,
      // A file of another cluster has been refused before; so one with an id will not change.
      check: sh`${CONF}
if [ -n "$(conf_value ${CONF_FILE} fsid)" ]; then
  conf_has ${[CONF_FILE, ...settings]} && has_attributes ${ATTRIBUTES}
else
  differs ${`what it says is known after ceph-fsid on ${admin.name}`}
fi`,
      apply: sh`cannot ${`${admin.name} has not handed over the id of the cluster`}`,
    });
  }
  const words = [CONF_FILE, 'fsid', fsid, ...settings];
  return command({
    ...task,
    check: sh`${CONF}
conf_has ${words} && has_attributes ${ATTRIBUTES}`,
    apply: sh`${CONF}
own=$(conf_value ${CONF_FILE} fsid)
[ -z "$own" ] || [ "$own" = ${fsid} ] || cannot ${`${CONF_FILE} is of another cluster, with the fsid `}"$own"${`, and exists with different content (pitfall ceph-leftovers). If nothing of it is needed any more: provision reset --stage ceph`}
conf_merge ${words} | replace_file ${ATTRIBUTES}`,
  });
}

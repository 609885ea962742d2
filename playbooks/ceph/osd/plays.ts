import type { Play } from '../../../src/engine/play.js';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import type { CephContext } from '../context.js';
import { isDevice } from '../members.js';
import { deployPlays, deploysDevices } from './deploy.js';
import { deployedDeviceTasks, deviceTasks } from './device.js';
import { directoryTasks } from './directory.js';
import { osdTarget } from './target.js';

/** Each host's directories and devices become OSDs of the cluster that are up and in. */
export function osdPlays(context: CephContext): readonly Play[] {
  return [
    ...deployPlays(context),
    {
      id: 'ceph-osds',
      title: 'OSDs are up and in',
      hosts: context.members.osds,
      tasks: (host) => osdTasks(host, context),
    },
  ];
}

/** One OSD after the other. */
function osdTasks(host: Host, context: CephContext): readonly Task[] {
  const onDevice = deploysDevices(context) ? deployedDeviceTasks : deviceTasks;
  const tasks = host.osds.flatMap((osd, index) =>
    (isDevice(osd) ? onDevice : directoryTasks)(osd, index, context),
  );
  return tasks.length === 0 ? [] : [osdTarget(), ...tasks];
}

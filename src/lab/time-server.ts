import { join } from 'node:path';
import { createGroup, processesIn } from './cgroups.js';
import { joinGroup } from './join-group.js';
import { type Lab, labGroup } from './model.js';
import { labFolder, scriptPath } from './paths.js';
import { spawnDetached } from './spawn-detached.js';

/** Starts the NTP server of a lab on the address of its bridge; does nothing when it runs. */
export async function startTimeServer(lab: Pick<Lab, 'name' | 'image' | 'network'>): Promise<void> {
  const group = `${labGroup(lab.name)}/time`;
  if ((await processesIn(group)).length > 0) return;
  await createGroup(group);
  const folder = labFolder(lab.name);
  const words = [lab.image, join(folder, 'time'), lab.network.gateway, `10.77.${lab.network.number}.0/24`];
  const script = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    scriptPath('time-server.sh'),
    ...words,
  ];
  await spawnDetached(joinGroup(group, script), join(folder, 'time.log'));
}

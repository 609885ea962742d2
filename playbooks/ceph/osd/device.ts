import type { Task } from '../../../src/engine/task.js';
import { type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import type { CephContext } from '../context.js';
import { CONF_FILE, LINKS, MKFS_TIMEOUT, clusterReady } from './constants.js';
import { DEVICE, DIRECTORY, FOUND } from './shell.js';
import { upTask } from './up.js';

/** An OSD on a device: ceph-volume, and ceph-disk before luminous. A device that is in use is refused, never emptied. */
export function deviceTasks(device: string, index: number, context: CephContext): readonly Task[] {
  return [
    freeDevice(device, index, context),
    madeOn(device, index, context),
    upOn(device, index, context, sh`:`),
  ];
}

/**
 * What is left to do on the host itself where ceph-deploy makes the OSD, from the admin host. While it has yet to, there is
 * nothing to plan here: it also starts the OSD.
 */
export function deployedDeviceTasks(device: string, index: number, context: CephContext): readonly Task[] {
  return [upOn(device, index, context, sh`[ -n "$OSD_ID" ] || [ "$MODE" != look ] || exit 0`)];
}

function madeOn(device: string, index: number, context: CephContext): Task {
  const id = `ceph-osd-${index}`;
  const tool = toolOf(context);
  return command({
    id: `${id}-data`,
    title: `${device} holds an OSD that the cluster knows`,
    after: clusterReady(context),
    timeout: { apply: MKFS_TIMEOUT },
    check: sh`${DIRECTORY}
${DEVICE}
check_volume ${[device, tool]}`,
    apply: sh`${DIRECTORY}
${DEVICE}
make_volume ${[device, tool]}`,
  });
}

function upOn(device: string, index: number, context: CephContext, unless: Script): Task {
  const id = `ceph-osd-${index}`;
  const tool = toolOf(context);
  return upTask({
    context,
    id,
    what: `the OSD on ${device}`,
    after: [`${id}-data`],
    read: sh`${DIRECTORY}
${DEVICE}
read_device ${[device, tool]}
OSD_DIR=${LINKS}/ceph-$OSD_ID`,
    unless,
    prepare: sh`activate_volume ${tool} || exit 2`,
  });
}

/** A device with a file system, partitions, or anything mounted is refused. */
export function freeDevice(device: string, index: number, context: CephContext): Task {
  return command({
    id: `ceph-osd-${index}-device`,
    title: `${device} is an OSD of this cluster, or free to become one`,
    prevents: ['ceph-leftovers'],
    check: sh`${FOUND}
${DIRECTORY}
${DEVICE}
check_device ${device} "$(fsid_of ${CONF_FILE})" ${toolOf(context)}`,
  });
}

function toolOf({ release }: CephContext): 'disk' | 'volume' {
  return release.osdNew ? 'volume' : 'disk';
}

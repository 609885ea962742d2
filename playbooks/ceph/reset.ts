import { readFileSync } from 'node:fs';
import type { Play, PlaybookContext, StageReset } from '../../src/engine/play.js';
import type { Task } from '../../src/engine/task.js';
import type { Host, Inventory } from '../../src/inventory/inventory.js';
import { rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { type CephMembers, cephMembers, isDevice } from './members.js';
import { purgePlays } from './reset-purge.js';
import { workFolder } from './work-folder.js';

const FUNCTIONS = rawScript(readFileSync(new URL('./reset.sh', import.meta.url), 'utf8'));

const LIB = '/var/lib/ceph';
/** Below LIB: where we deploy from when there is no ceph-deploy. */
const OWN = 'provision';
const FILES = ['/etc/ceph', '/var/log/ceph', '/run/ceph'] as const;
const UNITS = '/etc/systemd/system';
/** Seconds: a monitor and an OSD may have a minute of work to end. */
const STOP_TIMEOUT = 300;
/** Seconds: an OSD in a directory may have millions of files. */
const DELETE_TIMEOUT = 3600;

/**
 * Takes the cluster away from hosts, all of it or what single ones hold of it. In this order: nothing uses it any more,
 * no daemon runs, ceph-deploy purges (where it deployed), and what that leaves goes.
 */
export const reset: StageReset = { loses, plays };

function loses({ inventory }: PlaybookContext, hosts: readonly Host[]): readonly string[] {
  const members = cephMembers(inventory);
  if (members === undefined) return [];
  const names = hosts.map(({ name }) => name).join(', ');
  const whole = members.all.every((host) => hosts.includes(host));
  return [
    whole
      ? 'the cluster with all its pools, images, files and keys'
      : `what ${names} hold of the cluster; the other hosts are left as they are, and their cluster will miss these`,
    ...hosts.flatMap((host) =>
      host.osds.filter((osd) => !isDevice(osd)).map((osd) => `${host.name}: the OSD in ${osd}`),
    ),
    `${names}: /etc/ceph, ${LIB}, the logs, and mounts of CephFS`,
    ...(purges(inventory, members, hosts) ? [`${names}: the packages of Ceph (ceph-deploy purge)`] : []),
    ...hosts.flatMap((host) =>
      host.osds
        .filter(isDevice)
        .map((osd) => `${host.name}: ${osd} stops being an OSD; its data is not erased`),
    ),
  ];
}

/** ceph-deploy works from the admin host, so it can do its part only when that one is reset too. */
function purges({ ceph }: Inventory, { admin }: CephMembers, hosts: readonly Host[]): boolean {
  return ceph.installer === 'ceph-deploy' && hosts.includes(admin);
}

function plays(context: PlaybookContext, hosts: readonly Host[]): readonly Play[] {
  const { inventory } = context;
  const members = cephMembers(inventory);
  if (members === undefined) return [];
  const perHost = (id: string, title: string, tasks: (host: Host) => readonly Task[]): Play => ({
    id,
    title,
    hosts,
    tasks,
  });
  return [
    perHost('ceph-reset-users', 'Nothing uses the cluster', () => [nothingMapped(), nothingMounted()]),
    perHost('ceph-reset-daemons', 'No daemon runs', () => [noDaemons()]),
    ...(purges(inventory, members, hosts) ? purgePlays(context, hosts) : []),
    perHost('ceph-reset-data', 'Nothing of the cluster is left', (host) => [
      ...directories(host).map((osd, index) => noOsd(osd, index)),
      ...devices(host),
      noData(),
      noUnits(),
      noWork(workFolder(inventory.ceph)),
      noProofs(),
    ]),
  ];
}

function directories(host: Host): readonly string[] {
  return host.osds.filter((osd) => !isDevice(osd));
}

/** Unmapping an image under a running pod or file system would lose what it has not written yet. */
function nothingMapped(): Task {
  return command({
    id: 'ceph-reset-images',
    title: 'no image of the cluster is mapped',
    check: sh`${FUNCTIONS}
found=$(list_mapped)
[ -z "$found" ] || cannot "This host still uses images: $found. End what uses them, then: umount, and rbd unmap DEVICE"`,
  });
}

function nothingMounted(): Task {
  return command({
    id: 'ceph-reset-mounts',
    title: 'CephFS is not mounted',
    check: sh`${FUNCTIONS}
found=$(list_mounts /proc/mounts)
[ -z "$found" ] || differs "CephFS is mounted: $found"`,
    apply: sh`${FUNCTIONS}
unmount_all /proc/mounts`,
  });
}

function noDaemons(): Task {
  return command({
    id: 'ceph-reset-daemons',
    title: 'no daemon of Ceph runs or starts with the host',
    timeout: { apply: STOP_TIMEOUT },
    check: sh`${FUNCTIONS}
tell_daemons ${UNITS}`,
    apply: sh`${FUNCTIONS}
stop_daemons ${UNITS}`,
  });
}

function noOsd(directory: string, index: number): Task {
  return command({
    id: `ceph-reset-osd-${index}`,
    title: `${directory} holds no OSD`,
    timeout: { apply: DELETE_TIMEOUT },
    check: sh`${FUNCTIONS}
tell_osd ${directory}`,
    apply: sh`${FUNCTIONS}
empty_osd ${directory}`,
  });
}

/** What is on a device is never erased by a program; the operator is told how. */
function devices(host: Host): readonly Task[] {
  const used = host.osds.filter(isDevice);
  if (used.length === 0) return [];
  return [
    command({
      id: 'ceph-reset-devices',
      title: 'devices are left as they are',
      check: sh`${FUNCTIONS}
for device in ${used}; do
  tell_device "$device"
done`,
    }),
  ];
}

function noData(): Task {
  return command({
    id: 'ceph-reset-files',
    title: `configuration, keys, data and logs are gone from ${[...FILES, LIB].join(', ')}`,
    after: ['ceph-reset-daemons', 'ceph-reset-purge'],
    timeout: { apply: DELETE_TIMEOUT },
    check: sh`${FUNCTIONS}
status=0
list_files ${FILES} | tell_some ${FILES.join(', ')} || status=1
list_data ${[LIB, OWN]} | tell_some ${LIB} || status=1
exit "$status"`,
    apply: sh`${FUNCTIONS}
unmount_osds ${['/proc/mounts', LIB]}
list_data ${[LIB, OWN]} | remove_lines
list_files ${FILES} | remove_lines`,
  });
}

function noUnits(): Task {
  return command({
    id: 'ceph-reset-units',
    title: `nothing of single daemons is left in ${UNITS}`,
    after: ['ceph-reset-daemons', 'ceph-reset-purge'],
    check: sh`${FUNCTIONS}
list_units ${UNITS} | tell_some ${UNITS}`,
    apply: sh`${FUNCTIONS}
list_units ${UNITS} | remove_lines
[ ! -d /run/systemd/system ] || systemctl daemon-reload`,
  });
}

function noWork(folder: string): Task {
  return command({
    id: 'ceph-reset-work',
    title: `${folder} holds no keys and no configuration`,
    check: sh`${FUNCTIONS}
list_work ${folder} | tell_some ${folder}`,
    apply: sh`${FUNCTIONS}
list_work ${folder} | remove_lines`,
  });
}

function noProofs(): Task {
  return command({
    id: 'ceph-reset-proofs',
    title: 'nothing counts as proven',
    check: sh`${FUNCTIONS}
list_proofs "$STATE" | tell_some 'proven of the cluster that is gone'`,
    apply: sh`${FUNCTIONS}
list_proofs "$STATE" | remove_lines`,
  });
}

import type { Play } from '../../../src/engine/play.js';
import type { Task } from '../../../src/engine/task.js';
import type { Host } from '../../../src/inventory/inventory.js';
import { lines, type Script, sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { runCephDeploy } from '../ceph-deploy/run.js';
import { CEPH_CLI } from '../cli.js';
import type { CephContext } from '../context.js';
import { isDevice } from '../members.js';
import { MKFS_TIMEOUT, clusterReady } from './constants.js';
import { freeDevice } from './device.js';
import { DEPLOY } from './shell.js';

interface Device {
  readonly host: Host;
  readonly path: string;
  /** Among the OSDs of the host. */
  readonly index: number;
}

/** Does ceph-deploy make the OSDs on devices? It cannot make those in directories since 2.0. */
export function deploysDevices({ inventory }: CephContext): boolean {
  return inventory.ceph.installer === 'ceph-deploy';
}

/** OSDs on devices are asked for on the admin host, once their own hosts have said that the devices are free. */
export function deployPlays(context: CephContext): readonly Play[] {
  const hosts = context.members.osds.filter((host) => devicesOf(host).length > 0);
  if (!deploysDevices(context) || hosts.length === 0) return [];
  return [
    {
      id: 'ceph-osd-devices',
      title: 'The devices of OSDs',
      hosts,
      tasks: (host) => devicesOf(host).map((device) => known(device, context)),
    },
    {
      id: 'ceph-osd-deploy',
      title: 'ceph-deploy makes the OSDs on devices',
      hosts: [context.members.admin],
      tasks: () => hosts.flatMap(devicesOf).map((device) => deployed(device, context)),
    },
  ];
}

function devicesOf(host: Host): readonly Device[] {
  return host.osds.map((path, index) => ({ host, path, index })).filter(({ path }) => isDevice(path));
}

function known({ path, index }: Device, context: CephContext): Task {
  return {
    ...freeDevice(path, index, context),
    output: {
      name: outputName(index),
      secret: false,
      read: sh`${DEPLOY}
disk_of ${path}`,
    },
  };
}

function deployed(device: Device, context: CephContext): Task {
  const { host, path, index } = device;
  const disk = context.outputs.get(host.name)?.get(outputName(index));
  const functions = lines(CEPH_CLI, DEPLOY);
  return command({
    id: `ceph-osd-${index}-deploy-${host.name}`,
    title: `ceph-deploy has made an OSD on ${path} of ${host.name}`,
    after: clusterReady(context),
    timeout: { check: 60, apply: MKFS_TIMEOUT },
    check:
      disk === undefined
        ? sh`differs ${`known after ceph-osd-${index}-device on ${host.name}`}`
        : sh`${functions}
check_deployed ${[host.name, disk]}`,
    apply: sh`${DEPLOY}
${deploy(device, context)}`,
  });
}

/** 1.5 has two steps, the second of which is told the partition that the first has made. */
function deploy({ host, path }: Device, context: CephContext): Script {
  const run = (...words: readonly string[]): Script => runCephDeploy(context, ['osd', ...words], host.name);
  if (context.release.osdNew) return run('create', '--data', path, host.name);
  const partition = /\d$/.test(path) ? `${path}p1` : `${path}1`;
  return sh`${run('prepare', `${host.name}:${path}`)} || exit 2
${run('activate', `${host.name}:${partition}`)}`;
}

function outputName(index: number): string {
  return `ceph-osd-${index}-disk`;
}

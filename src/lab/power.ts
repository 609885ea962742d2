import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProvisionError } from '../errors.js';
import { createGroup, killGroup, processesIn } from './cgroups.js';
import { execInLeader } from './exec.js';
import { joinGroup } from './join-group.js';
import { leaderOf } from './leader.js';
import {
  consoleLog,
  hostGroup,
  type Lab,
  type LabHost,
  KUBERNETES_FOLDER,
  labHost,
  VOLUMES,
} from './model.js';
import { networkUp, unplug } from './network.js';
import { hostFolder, scriptPath } from './paths.js';
import { spawnDetached } from './spawn-detached.js';
import { startTimeServer } from './time-server.js';

/** Milliseconds for a host to answer on its ssh port. */
const START_PATIENCE = 60_000;

/** Cuts the power of a host: nothing inside gets to end properly, and nobody tells its peers. */
export async function powerOff(lab: Lab, name: string): Promise<void> {
  const host = labHost(lab, name);
  await killGroup(hostGroup(lab.name, host.name));
  await unplug(host);
}

/**
 * Starts a host that is off and waits until it has started entirely. Does nothing for one that runs.
 * @throws ProvisionError LAB_START with the end of its console.
 */
export async function powerOn(lab: Lab, name: string): Promise<void> {
  const host = labHost(lab, name);
  await powerUp(lab);
  await startHost(lab, host);
}

/** Starts all hosts of a lab that are off, side by side. */
export async function powerOnAll(lab: Lab): Promise<void> {
  await powerUp(lab);
  await Promise.all(lab.hosts.map((host) => startHost(lab, host)));
}

/** What hosts share and what a restart of this machine takes away. */
async function powerUp(lab: Lab): Promise<void> {
  await networkUp(lab.network);
  await startTimeServer(lab);
}

async function startHost(lab: Lab, host: LabHost): Promise<void> {
  const group = hostGroup(lab.name, host.name);
  if ((await processesIn(group)).length > 0) return;
  // A group that hands controllers down (cgroup v2) holds no process itself: the host's and its keeper's are beside each other.
  const [machineGroup, keeperGroup] = [`${group}/machine`, `${group}/keeper`];
  await createGroup(machineGroup);
  await createGroup(keeperGroup);
  const folder = hostFolder(lab.name, host.name);
  const shared = `${lab.kubernetes.folder}:${KUBERNETES_FOLDER}`;
  const words = [machineGroup, host.machine, lab.network.bridge, lab.image, folder, shared, ...VOLUMES];
  const script = [
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    scriptPath('start-host.sh'),
    ...words,
  ];
  const ended = await spawnDetached(joinGroup(keeperGroup, script), consoleLog(lab.name, host.name));
  await waitForStart(lab, host, ended);
}

async function waitForStart(lab: Lab, host: LabHost, ended: () => boolean): Promise<void> {
  const deadline = Date.now() + START_PATIENCE;
  while (!(await answersSsh(host.address))) {
    if (ended() || Date.now() > deadline) throw await didNotStart(lab, host);
    await sleep(30);
  }
  const leader = await leaderOf(lab.name, host.name);
  if (leader === undefined) throw await didNotStart(lab, host);
  // Also a degraded system has started; which unit failed is the host's own affair.
  await execInLeader(leader, ['systemctl', 'is-system-running', '--wait']);
}

async function didNotStart(lab: Lab, host: LabHost): Promise<ProvisionError> {
  const log = consoleLog(lab.name, host.name);
  const said = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n').slice(-6).join('\n');
  return new ProvisionError('LAB_START', `The lab host did not start. The end of its console:\n${said}`, {
    host: host.name,
    hint: `All of it is in ${log}.`,
  });
}

/** True when the ssh server greets; an address that does not exist yet costs no more than a second. */
async function answersSsh(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22, timeout: 1000 });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

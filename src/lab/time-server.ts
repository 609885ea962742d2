import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProvisionError } from '../errors.js';
import { createGroup, processesIn } from './cgroups.js';
import { joinGroup } from './join-group.js';
import { type Lab, labGroup } from './model.js';
import { labFolder, scriptPath } from './paths.js';
import { spawnDetached } from './spawn-detached.js';

/** Milliseconds for the time server to answer. */
const PATIENCE = 5000;

/**
 * Starts the NTP server of a lab on the address of its bridge; does nothing when it runs.
 * @throws ProvisionError LAB_TIME_SERVER when it does not answer.
 */
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
  const log = join(folder, 'time.log');
  await spawnDetached(joinGroup(group, script), log);
  if (await answersNtp(lab.network.gateway)) return;
  const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-3).join('\n');
  throw new ProvisionError('LAB_TIME_SERVER', `The time server of the lab does not answer: ${said}`);
}

async function answersNtp(address: string): Promise<boolean> {
  const socket = createSocket('udp4');
  // The request of a client, version 4 (RFC 5905): everything but the first byte may be zero.
  const request = Buffer.alloc(48);
  request[0] = 0x23;
  const ask = setInterval(() => socket.send(request, 123, address), 50);
  // Until the server listens, this machine itself refuses the packets.
  socket.on('error', () => undefined);
  try {
    await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE) });
    return true;
  } catch {
    return false;
  } finally {
    clearInterval(ask);
    socket.close();
  }
}

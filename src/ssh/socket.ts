import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Deadline } from './deadline.js';
import { orAborted } from './deadline.js';
import { Dropped, socketFailure } from './failures.js';
import type { Target } from './target.js';

/** Milliseconds for one of several addresses of a name before the next is tried; Node's own 250 is short for far hosts. */
const NEXT_ADDRESS = 2000;

/**
 * Opens a TCP connection with TCP_NODELAY, which neither ssh2 nor node-ssh sets: without it each exec waits 40 ms for a
 * delayed ACK.
 * @throws ProvisionError SSH_NAME, SSH_REFUSED, SSH_UNREACHABLE, SSH_TIMEOUT
 */
export async function openSocket(target: Target, deadline: Deadline): Promise<Socket> {
  deadline.doing = 'opening the connection';
  const socket = connect({
    host: target.address,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS,
  });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.on('error', reject);
  });
  try {
    await orAborted(connected, deadline.signal);
    return socket;
  } catch (error) {
    socket.destroy();
    if (deadline.signal.aborted) throw error;
    throw isReset(error) ? new Dropped(error.message) : socketFailure(target, error);
  }
}

function isReset(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

/**
 * Waits for the server's first bytes and leaves them to be read. A machine that accepts connections and says nothing
 * thus takes no turn among the handshakes, and a server that hangs up at once (MaxStartups) is known as such.
 * @throws Dropped
 */
export async function waitForGreeting(socket: Duplex, deadline: Deadline): Promise<void> {
  deadline.doing = 'waiting for the ssh greeting';
  try {
    await orAborted(firstBytes(socket), deadline.signal);
  } finally {
    socket.removeAllListeners('readable');
  }
}

function firstBytes(socket: Duplex): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('readable', () => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return reject(new Dropped(''));
      socket.unshift(chunk);
      const text = chunk.toString('latin1');
      if (/Exceeded MaxStartups|Not allowed at this time/.test(text)) return reject(new Dropped(text.trim()));
      resolve();
    });
    const fail = (error?: Error): void => reject(new Dropped(error?.message ?? ''));
    socket.once('error', fail).once('close', fail);
  });
}

import type { Duplex } from 'node:stream';
import type { NodeSSH } from 'node-ssh';
import type { Client } from 'ssh2';
import type { ProvisionError } from '../errors.js';
import { planAuthentication, type Authentication, type AuthenticationContext } from './authentication.js';
import { orAborted, type Deadline } from './deadline.js';
import { Dropped, place, unreachable, unsupported } from './failures.js';
import type { HostKeys } from './host-keys.js';
import { loadNodeSsh } from './library.js';
import { nudgeAfterLogin } from './nudge.js';
import type { Target } from './target.js';

/** A logged-in ssh2 connection. */
export interface OpenClient {
  readonly ssh: NodeSSH;
  readonly client: Client;
  /** Why the connection broke; undefined while it stands. */
  readonly lostBecause: () => string | undefined;
  /** Called at once when the connection breaks or is closed; returns what takes the listener away. */
  readonly onLost: (listener: (why: string) => void) => () => void;
  readonly close: () => void;
}

export interface ClientContext extends AuthenticationContext {
  readonly hostKeys: HostKeys;
  readonly keepalive: { readonly interval: number; readonly count: number };
}

/** All that ssh2 offers but Diffie-Hellman group exchange, which takes 1.6 s of computing for each connection. */
const KEX = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group14-sha256',
] as const;

/** Milliseconds in which the other side may say goodbye. */
const GOODBYE = 500;

/**
 * Shakes hands, verifies the host key and logs in.
 * @throws ProvisionError SSH_AUTH, SSH_HOST_KEY_*, SSH_UNSUPPORTED; Dropped when the server hung up before its key.
 */
export async function openClient(
  target: Target,
  socket: Duplex,
  context: ClientContext,
  deadline: Deadline,
): Promise<OpenClient> {
  deadline.doing = 'shaking hands';
  const { NodeSSH: Ssh } = await loadNodeSsh();
  const authentication = await planAuthentication(target, context, deadline);
  if (socket.destroyed) throw new Dropped('');
  const ssh = new Ssh();
  let sawKey = false;
  let refusal: ProvisionError | undefined;
  const opening = ssh.connect({
    sock: socket,
    username: target.user,
    readyTimeout: 0,
    keepaliveInterval: context.keepalive.interval,
    keepaliveCountMax: context.keepalive.count,
    algorithms: { kex: [...KEX], serverHostKey: context.hostKeys.algorithms(target) },
    hostVerifier: (key: Buffer): boolean => {
      sawKey = true;
      deadline.doing = 'logging in';
      refusal = context.hostKeys.judge(target, key);
      return refusal === undefined;
    },
    authHandler: authentication.handler,
  });
  // node-ssh gives up at the first error, also at an agent's refusal to sign, after which ssh2 goes on to the next key.
  opening.catch(() => undefined);
  const client = ssh.connection;
  if (client === null) throw new Dropped('');
  const watch = watchClient(ssh, client, socket);
  try {
    await orAborted(watch.ready, deadline.signal);
    nudgeAfterLogin(client, socket);
  } catch (error) {
    socket.destroy();
    if (deadline.signal.aborted) throw error;
    throw refusal ?? explain(target, error, sawKey, authentication);
  }
  return watch;
}

/** node-ssh listens for errors only until the connection is ready; an error after that would end the program. */
function watchClient(
  ssh: NodeSSH,
  client: Client,
  socket: Duplex,
): OpenClient & { readonly ready: Promise<void> } {
  const listeners = new Set<(why: string) => void>();
  let why: string | undefined;
  let failed: Error | undefined;
  const end = (): void => {
    why ??= failed?.message ?? 'the other side closed it';
    for (const listener of listeners) listener(why);
    listeners.clear();
  };
  const ready = new Promise<void>((resolve, reject) => {
    let isReady = false;
    client.on('ready', () => {
      isReady = true;
      resolve();
    });
    client.on('error', (error: Error & { level?: string }) => {
      if (!isReady && error.level === 'agent') return;
      failed ??= error;
      reject(error);
      if (isReady) end();
    });
    client.on('close', () => {
      reject(new Error('the other side closed it'));
      end();
    });
  });
  return {
    ssh,
    client,
    ready,
    lostBecause: () => why,
    onLost(listener) {
      if (why !== undefined) listener(why);
      else listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      why ??= 'it was closed';
      end();
      client.end();
      // A link that is frozen never says goodbye, and would keep the program from ending.
      setTimeout(() => socket.destroy(), GOODBYE).unref();
    },
  };
}

function explain(target: Target, error: unknown, sawKey: boolean, authentication: Authentication): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  if (level === 'client-authentication' || /too many authentication failures/i.test(text))
    return authentication.failure(error);
  if (/no matching/i.test(text))
    return unsupported(target, `${text.replace(/^Handshake failed: /, '')} with ${place(target)}`, error);
  if (!sawKey && (level === 'client-socket' || /before handshake|closed it/.test(text)))
    return new Dropped(text);
  if (!sawKey)
    return unsupported(target, `${place(target)} did not answer as an ssh server (${text})`, error);
  const what = `${place(target)} closed the connection while logging in (${text})`;
  return unreachable(
    target,
    'SSH_LOST',
    what,
    `Look at the log of sshd on the host (journalctl -u ssh).`,
    error,
  );
}

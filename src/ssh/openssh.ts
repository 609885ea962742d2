import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Host } from '../inventory/inventory.js';
import type { Connect, Connection } from './connection.js';
import { createDeadline } from './deadline.js';
import { deadlineFailure, lost, type Where } from './failures.js';
import { createLimit } from './limit.js';
import { hostArguments, opensshConfig, type OpensshSettings } from './openssh-config.js';
import { startMaster, type Master } from './openssh-master.js';
import { runCommand, type RemoteProgram, type StartProgram } from './program.js';
import { createRootRunner } from './root.js';
import type { ReadSshConfig } from './ssh-config.js';

export interface OpensshContext {
  readonly home: string;
  readonly agent: string | undefined;
  readonly acceptNew: boolean;
  readonly readConfig: ReadSshConfig;
  readonly limits: {
    readonly channels: number;
    readonly keepaliveInterval: number;
    readonly keepaliveCount: number;
  };
}

/** A control socket's path may have about 100 characters. */
const LONGEST_TEMP = 40;
/** Asked for in turn when the inventory pins a key: the pin may be of any of the server's keys. */
const PINNED_TYPES = [
  'ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521',
  'rsa-sha2-512,rsa-sha2-256',
];
const MASTER_WAIT = 500;

/**
 * Connects with the system's ssh, for what ssh2 cannot do: certificates, security keys, GSSAPI, post-quantum-only servers,
 * proxy commands. One ssh keeps a control socket in a private folder, each program is a session of it.
 */
export function createOpensshConnect(host: Host, context: OpensshContext): Connect {
  const { ssh } = host;
  return async (signal) => {
    if (ssh.password !== undefined || ssh.passphrase !== undefined) throw noPasswords(host);
    const config = await context.readConfig(ssh.host, ssh.port, ssh.user);
    const user = ssh.user ?? config.user ?? userInfo().username;
    const where = {
      host: host.name,
      label: host.name,
      address: ssh.host,
      port: ssh.port ?? config.port ?? 22,
      timeout: ssh.connectTimeout * 1000,
    };
    const folder = await mkdtemp(
      join(tmpdir().length > LONGEST_TEMP ? '/tmp' : tmpdir(), 'provision-control-'),
    );
    const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
    try {
      const master = await connectMaster(host, where, folder, context, signal);
      return createConnection(host, user, master, context, remove);
    } catch (error) {
      await remove();
      throw error;
    }
  };
}

async function connectMaster(
  host: Host,
  where: Where,
  folder: string,
  context: OpensshContext,
  signal?: AbortSignal,
): Promise<Master> {
  const { home, acceptNew, limits } = context;
  const keepalive = { interval: limits.keepaliveInterval, count: limits.keepaliveCount };
  const settings: OpensshSettings = { home, acceptNew, keepalive };
  await writeFile(join(folder, 'config'), opensshConfig(host, settings), { mode: 0o600 });
  const deadline = createDeadline(where.timeout, signal);
  deadline.doing = 'shaking hands and logging in';
  const pinned = host.ssh.hostKey !== undefined;
  try {
    let refusal: unknown;
    for (const types of [undefined, ...(pinned ? PINNED_TYPES : [])]) {
      const chosen = types === undefined ? [] : ['-o', `HostKeyAlgorithms=${types}`];
      try {
        const args = [...chosen, ...hostArguments(host, home), '--', host.ssh.host];
        return await startMaster(
          { folder, args, where, pinned, environment: environment(context) },
          deadline.signal,
        );
      } catch (error) {
        const code = error instanceof ProvisionError ? error.code : undefined;
        // A server without keys of the type that is asked for cannot negotiate.
        const another =
          code === 'SSH_HOST_KEY_CHANGED' || (refusal !== undefined && code === 'SSH_UNSUPPORTED');
        refusal ??= error;
        if (!another) break;
      }
    }
    throw refusal;
  } catch (error) {
    throw deadline.signal.aborted ? deadlineFailure(where, deadline.signal.reason) : error;
  } finally {
    deadline.clear();
  }
}

/** ssh's messages are read, so they must be in English. */
function environment({ agent }: OpensshContext): NodeJS.ProcessEnv {
  const { SSH_AUTH_SOCK: _ours, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C', ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }) };
}

function createConnection(
  host: Host,
  user: string,
  master: Master,
  context: OpensshContext,
  remove: () => Promise<void>,
): Connection {
  const limit = createLimit(context.limits.channels);
  const start: StartProgram = async (command, signal) => {
    const leave = await limit(signal);
    const program = startSession(host, master, command, environment(context));
    program.ended.then(leave, leave);
    return { ...program, close: () => [program.close(), leave()] };
  };
  return {
    host: host.name,
    exec: (command, options) => runCommand(host.name, start, command, options),
    execRoot: createRootRunner({ host: host.name, user, sudoPassword: host.ssh.sudoPassword }, start),
    async close() {
      await master.close();
      await remove().catch(() => undefined);
    },
  };
}

/** Without its control socket ssh would make a connection of its own: the proxy command that fails forbids it. */
function startSession(host: Host, master: Master, command: string, env: NodeJS.ProcessEnv): RemoteProgram {
  const args = [
    ...master.arguments,
    '-o',
    'LogLevel=ERROR',
    '-o',
    'ControlMaster=no',
    '-o',
    'ProxyCommand=false',
    '--',
    host.ssh.host,
    command,
  ];
  const child = spawn('ssh', args, { stdio: 'pipe', detached: true, env });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('latin1')).slice(-2048);
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', (error) => reject(lost(host.name, error.message)));
    child.on('close', (code) => {
      if (code !== null && code !== 255) return resolve(code);
      // 255 is ssh's own failure, or the program's exit code; the state of the control socket's keeper tells which.
      const broken =
        /^(mux_client|ssh:|Control socket|ControlSocket|Connection (closed|reset)|Timeout, server)/m.exec(
          said,
        );
      const decide = (why: string | undefined): void =>
        why === undefined ? resolve(255) : reject(lost(host.name, why));
      if (broken !== null) return decide(said.slice(broken.index).split('\n')[0] ?? '');
      master.endedWithin(MASTER_WAIT).then(decide, reject);
    });
  });
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    ended,
    close: () => void child.kill(),
  };
}

function noPasswords(host: Host): ProvisionError {
  return new ProvisionError(
    'SSH_UNSUPPORTED',
    `The openssh transport of ${host.name} cannot use a password or passphrase from the inventory.`,
    {
      hint: 'Load the key into an agent (ssh-add), or use "transport: ssh2".',
      host: host.name,
      exitCode: ExitCode.unreachable,
    },
  );
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { orAborted, sleep } from './deadline.js';
import { unreachable, type Where } from './failures.js';
import { opensshFailure } from './openssh-failures.js';

/** The ssh process that keeps the control socket. */
export interface Master {
  /** What every session of it needs. */
  readonly arguments: readonly string[];
  /** Why it ended, when it has or does so within the time; undefined while it lives. */
  endedWithin(milliseconds: number): Promise<string | undefined>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface MasterOptions {
  /** Private; holds `config`, and the socket. */
  readonly folder: string;
  readonly args: readonly string[];
  readonly where: Where;
  readonly pinned: boolean;
  readonly environment: NodeJS.ProcessEnv;
}

const SCRIPT = readFileSync(new URL('./openssh-master.sh', import.meta.url), 'utf8');
/** Agent and X11 are never forwarded, and forwardings of the user's configuration are left out. */
const QUIET = ['-T', '-a', '-x', '-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none'];
/** A failed negotiation is told at this level only. */
const TELL = ['-o', 'LogLevel=INFO'];
const GOODBYE = 1000;
const LAST_WORDS = 100;

/**
 * Starts ssh and waits until it has logged in: then it makes the control socket.
 * It gets a session of its own, so that Ctrl-C at the terminal does not end it and it finds no terminal to ask at.
 */
export async function startMaster(options: MasterOptions, signal: AbortSignal): Promise<Master> {
  const { folder, where } = options;
  const common = ['-F', join(folder, 'config'), '-S', join(folder, 's'), ...QUIET];
  const child = spawn(
    '/bin/sh',
    ['-c', SCRIPT, 'sh', '-M', '-N', '-o', 'ControlPersist=no', ...TELL, ...common, ...options.args],
    {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
      env: options.environment,
    },
  );
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-8192);
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => {
      child.stdin.destroy();
      // Its last words may still be on their way; other ssh processes (a jump host's) may keep the pipe open.
      void Promise.race([new Promise((closed) => child.on('close', closed)), sleep(LAST_WORDS)]).then(() =>
        resolve(),
      );
    });
    child.on('error', () => resolve());
  });
  const close = async (): Promise<void> => {
    child.stdin.end();
    await Promise.race([ended, sleep(GOODBYE)]);
  };
  try {
    const made = await orAborted(Promise.race([socketMade(folder, child), ended.then(() => false)]), signal);
    if (!made) throw failure(options, child, said);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    arguments: common,
    close,
    async endedWithin(milliseconds) {
      await Promise.race([ended, sleep(milliseconds)]);
      const gone = child.exitCode !== null || child.signalCode !== null;
      return gone ? said.trim().split('\n').at(-1) || `the connection to ${where.address} ended` : undefined;
    },
  };
}

function failure(options: MasterOptions, child: ChildProcess, said: string): Error {
  const missing = child.exitCode === 127 && /not found/.test(said);
  if (!missing) return opensshFailure(options.where, said, options.pinned);
  const what = 'there is no ssh program on this machine, and its inventory says transport: openssh';
  return unreachable(options.where, 'SSH_UNSUPPORTED', what, 'Install openssh-client.');
}

/** The file system tells when the socket appears; a look every 50 ms is for file systems that do not tell. */
function socketMade(folder: string, child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    const look = (): void => {
      const there = existsSync(join(folder, 's'));
      if (!there && child.exitCode === null) return;
      clearInterval(timer);
      watcher.close();
      resolve(there);
    };
    const watcher = watch(folder, look);
    const timer = setInterval(look, 50);
    watcher.on('error', () => undefined);
    look();
  });
}

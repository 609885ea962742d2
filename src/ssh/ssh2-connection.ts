import { constants } from 'node:os';
import type { ClientChannel } from 'ssh2';
import type { OpenClient } from './client.js';
import type { Connection } from './connection.js';
import { sleep } from './deadline.js';
import { lost } from './failures.js';
import { createLimit } from './limit.js';
import { runCommand, type RemoteProgram, type StartProgram } from './program.js';
import { createRootRunner } from './root.js';
import type { RootSettings } from './root-settings.js';

/** sshd frees sessions late, and refuses above MaxSessions with reason 2; these are the waits before trying again, ms. */
const REFUSED_WAITS = [20, 50, 100, 200, 400, 800, 1600];
const OPEN_FAILED = 2;

/** The built-in transport's connection. At most `channels` programs run at once; more wait. */
export function createSsh2Connection(open: OpenClient, settings: RootSettings, channels: number): Connection {
  const { host } = settings;
  const limit = createLimit(channels);
  const start: StartProgram = async (command, signal) => {
    const leave = await limit(signal);
    try {
      const program = await openChannel(host, open, command, signal);
      program.ended.then(leave, leave);
      return { ...program, close: () => [program.close(), leave()] };
    } catch (error) {
      leave();
      throw error;
    }
  };
  return {
    host,
    exec: (command, options) => runCommand(host, start, command, options),
    execRoot: createRootRunner(settings, start),
    close: async () => open.close(),
  };
}

async function openChannel(
  host: string,
  open: OpenClient,
  command: string,
  signal: AbortSignal,
): Promise<RemoteProgram> {
  for (const wait of [...REFUSED_WAITS, undefined]) {
    signal.throwIfAborted();
    try {
      return await requestExec(host, open, command);
    } catch (error) {
      const why = open.lostBecause();
      if (why !== undefined) throw lost(host, why);
      const refused = error instanceof Error && 'reason' in error && error.reason === OPEN_FAILED;
      if (!refused || wait === undefined)
        throw lost(host, `sshd opens no session (${error instanceof Error ? error.message : String(error)})`);
      await sleep(wait, signal);
    }
  }
  throw lost(host, 'sshd opens no session');
}

/**
 * Settles also when the connection breaks before the server has answered. The channel is watched from within the callback:
 * the exit code of a quick program comes in the same packet as the answer, and would be missed a moment later.
 */
function requestExec(host: string, open: OpenClient, command: string): Promise<RemoteProgram> {
  return new Promise((resolve, reject) => {
    const forget = open.onLost((why) => reject(new Error(why)));
    open.client.exec(command, (error, channel) => {
      forget();
      if (error) reject(error);
      else resolve(watchProgram(host, open, channel));
    });
  });
}

function watchProgram(host: string, open: OpenClient, channel: ClientChannel): RemoteProgram {
  const ended = new Promise<number>((resolve, reject) => {
    let code: number | undefined;
    channel.on('exit', (exit: number | null, signal?: string) => {
      code = exit ?? 128 + signalNumber(signal);
    });
    const forget = open.onLost((why) => reject(lost(host, why)));
    channel.on('close', () => {
      forget();
      // A broken connection closes its channels too, without an exit code.
      if (code === undefined)
        reject(lost(host, open.lostBecause() ?? 'its channel closed without an exit code'));
      else resolve(code);
    });
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    ended,
    close: () => channel.close(),
  };
}

function signalNumber(name: string | undefined): number {
  return Object.entries(constants.signals).find(([signal]) => signal === name)?.[1] ?? 0;
}

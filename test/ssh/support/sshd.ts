import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Workspace } from './workspace.js';

/** sshd insists on its whole path, and on root to change users. */
const SSHD = '/usr/sbin/sshd';
export const HAS_SSHD = existsSync(SSHD) && process.getuid?.() === 0;
export const HAS_SSH = ['/usr/bin/ssh', '/usr/local/bin/ssh'].some(existsSync);

/** OpenSSH's own server on a port of its own. */
export interface Sshd {
  readonly port: number;
  /** Its ED25519 host key file. */
  readonly hostKey: string;
  /** Kills the processes that serve connections, not the listener. */
  readonly killSessions: () => void;
  readonly close: () => Promise<void>;
}

/** @param settings lines of sshd_config that come first. */
export async function startSshd(
  workspace: Workspace,
  name: string,
  settings: readonly string[] = [],
): Promise<Sshd> {
  const folder = workspace.path(name);
  mkdirSync(folder);
  // Ordinary users must reach their files, and sshd checks every folder above them.
  chmodSync(workspace.home, 0o711);
  const hostKey = join(folder, 'host_key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  mkdirSync('/run/sshd', { recursive: true });
  const defaults = [
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `PidFile ${join(folder, 'pid')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'UseDNS no',
    // bash under sshd reads ~/.bashrc unless it believes to be inside another shell.
    'SetEnv SHLVL=2',
  ];
  writeFileSync(join(folder, 'authorized_keys'), '', { mode: 0o644 });
  writeFileSync(join(folder, 'config'), [...settings, ...defaults].join('\n') + '\n');
  const { port, child } = await listening(join(folder, 'config'));
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const sessions = (): number[] => {
    const output = execFileSync('ps', ['-o', 'pid=', '--ppid', String(child.pid)], { encoding: 'utf8' });
    return output
      .split('\n')
      .map(Number)
      .filter((pid) => pid > 0);
  };
  const killSessions = (): void => {
    try {
      for (const pid of sessions()) process.kill(pid, 'SIGKILL');
    } catch {
      // ps found none
    }
  };
  return {
    port,
    hostKey,
    killSessions,
    async close() {
      killSessions();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Lets a public key in. */
export function authorize(workspace: Workspace, name: string, ...publicKeys: readonly string[]): void {
  writeFileSync(join(workspace.path(name), 'authorized_keys'), publicKeys.map((key) => `${key}\n`).join(''));
}

const used = new Set<number>();

/** One that no server of this process has had: hosts are known by theirs. */
async function freePort(): Promise<number> {
  const port = await new Promise<number>((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
  if (used.has(port)) return freePort();
  used.add(port);
  return port;
}

/** Until it says so itself: between the choice of a port and its use somebody else may have got it, and would answer there. */
async function listening(config: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const said: string[] = [];
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort();
    const child = spawn(SSHD, ['-D', '-e', '-f', config, '-p', String(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const text = await new Promise<string>((resolve) => {
      let all = '';
      child.stderr.on('data', (chunk: Buffer) => {
        all += chunk.toString();
        if (all.includes(` port ${port}.`)) resolve(all);
      });
      child.on('exit', () => resolve(all));
    });
    if (text.includes('Server listening on')) return { port, child };
    said.push(text);
  }
  throw new Error(`sshd did not start: ${said.join('')}`);
}

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ProvisionError } from '../errors.js';
import { leaderOf } from './leader.js';
import { type LocalResult, runLocal } from './local.js';
import { type Lab, labHost } from './model.js';

/** Runs a command as root inside a host, past ssh and the network, and collects its output. Does not throw for an exit code. */
export async function labExec(
  lab: Lab,
  host: string,
  argv: readonly string[],
  input?: string | Buffer,
): Promise<LocalResult> {
  return execInLeader(await runningLeader(lab, host), argv, input);
}

/** Runs a command inside a host on this program's own input and output. @returns its exit code. */
export async function labExecAttached(lab: Lab, host: string, argv: readonly string[]): Promise<number> {
  const [command, ...words] = enter(await runningLeader(lab, host), argv);
  const child = spawn(command ?? 'false', words, { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

/** `labExec` for a host whose PID 1 is known. */
export async function execInLeader(
  leader: number,
  argv: readonly string[],
  input?: string | Buffer,
): Promise<LocalResult> {
  return runLocal(enter(leader, argv), { input, allowFailure: true });
}

async function runningLeader(lab: Lab, host: string): Promise<number> {
  const leader = await leaderOf(lab.name, labHost(lab, host).name);
  if (leader !== undefined) return leader;
  throw new ProvisionError('LAB_HOST_OFF', `The lab host ${host} is powered off.`, {
    host,
    hint: `\`provision lab restore --name ${lab.name}\` puts the lab back to its snapshot and starts it.`,
  });
}

const ENVIRONMENT = [
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=/root',
  'USER=root',
  'LANG=C.UTF-8',
  `TERM=${process.env['TERM'] ?? 'dumb'}`,
];

function enter(leader: number, argv: readonly string[]): string[] {
  const namespaces = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
  // Only what a host starts itself is under its filter of system calls; this takes the clock away from the rest.
  const withoutClock = ['setpriv', '--bounding-set', '-sys_time'];
  const words = [
    ...withoutClock,
    'nsenter',
    '--target',
    String(leader),
    ...namespaces,
    `--wd=/proc/${leader}/root/root`,
  ];
  return [...words, '--', 'env', '-i', ...ENVIRONMENT, ...argv];
}

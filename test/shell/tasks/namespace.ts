import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ScriptSettings, TestHost } from '../run-task.js';

/** Whether this machine lets us make namespaces: root with CAP_SYS_ADMIN. */
export const CAN_UNSHARE = spawnSync('unshare', ['-m', '-u', '-n', 'true']).status === 0;

export interface Namespace {
  /** A script under these settings has a host name, a network, mounts and an /etc of its own. */
  readonly settings: ScriptSettings;
  /** What it sees as /etc; of the machine's own it holds a few files. */
  readonly etc: string;
}

/**
 * Namespaces that last as long as the test, so that what changes the machine can be run for real.
 * @param binds folders or files of the machine that are something else in there: path, then what takes its place.
 */
export async function namespace(
  host: TestHost,
  binds: Readonly<Record<string, string>> = {},
): Promise<Namespace> {
  const etc = join(host.root, 'etc');
  await mkdir(etc);
  for (const name of ['passwd', 'group', 'os-release', 'debian_version']) {
    await copyFile(join('/etc', name), join(etc, name)).catch(() => undefined);
  }
  await mkdir(join(etc, 'alternatives'));
  await symlink('/usr/bin/mawk', join(etc, 'alternatives/awk'));
  const mounts = Object.entries({ ...binds, '/etc': etc }).flatMap(([path, place]) => [place, path]);
  const script =
    'while [ $# -gt 0 ]; do mount --bind "$1" "$2" || exit 1; shift 2; done; echo ready; exec sleep 600';
  const child = spawn('unshare', ['-m', '-u', '-n', 'sh', '-c', script, 'sh', ...mounts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await ready(child);
  const under = ['nsenter', '-t', String(child.pid), '-m', '-u', '-n', '--'];
  return { settings: { under }, etc };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the namespaces could not be made')));
  });
}

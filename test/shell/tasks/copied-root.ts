import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ScriptSettings, TestHost } from '../run-task.js';

/** Whether this machine lets us mount, and is one on which packages can be installed. */
export const CAN_COPY_ROOT =
  spawnSync('sh', [
    '-c',
    'command -v dpkg-deb && unshare -m sh -c "mount -t tmpfs none /mnt && mkdir /mnt/u /mnt/w /mnt/m && mount -t overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w none /mnt/m"',
  ]).status === 0;

export interface CopiedRoot {
  /** A script under these settings has the copy for its root. */
  readonly settings: ScriptSettings;
  /** Every file that was changed or made, with what any further change would alter. */
  readonly changes: () => string;
}

/**
 * The machine's own root, of which every change is forgotten when the test ends: an overlay in a mount namespace. The
 * test's folders are the same inside and outside.
 */
export async function copiedRoot(host: TestHost): Promise<CopiedRoot> {
  const layers = join(host.base, 'layers');
  await mkdir(layers);
  const script = `
mount -t tmpfs none "$1" && mkdir "$1/upper" "$1/work" "$1/root" &&
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root" || exit 1
for folder in /proc /sys /dev; do mount --rbind "$folder" "$1/root$folder" || exit 1; done
mount --bind "$2" "$1/root$2" || exit 1
mount -t tmpfs none "$1/root/run" || exit 1
echo ready
exec sleep 600`;
  const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', layers, host.base], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await ready(child);
  const enter = ['nsenter', '-t', String(child.pid), '-m', '--'];
  return {
    settings: { under: [...enter, 'chroot', join(layers, 'root')] },
    changes: () => {
      const [command = '', ...args] = enter;
      // busybox's diff has its standard input in /tmp for a moment, which changes the time of the folder.
      const folders = ['-mindepth', '1', '!', '-path', join(layers, 'upper/tmp')];
      const found = [
        'find',
        join(layers, 'upper'),
        join(layers, 'root/run'),
        ...folders,
        '-printf',
        '%p %m %u %s %T@ %C@ %l\\n',
      ];
      return spawnSync(command, [...args, ...found], { encoding: 'utf8' }).stdout;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', () => reject(new Error('the copy of the root could not be made')));
  });
}

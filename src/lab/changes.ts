import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ProvisionError } from '../errors.js';
import { type Change, compareTrees, FIND_FORMAT, parseEntries } from './compare-trees.js';
import { errorCode } from './error-code.js';
import { runLocal } from './local.js';
import { type Lab, labHost, VOLUMES, volumeFolder } from './model.js';
import { hostFolder, labFolder, scriptPath } from './paths.js';
import { findSnapshot, snapshotFolder } from './snapshot.js';
import { isVolatile } from './volatile-paths.js';

export interface ChangesOptions {
  /** The latest snapshot when left out. */
  readonly since?: string | undefined;
  /** Also the paths that change by themselves. */
  readonly all?: boolean | undefined;
}

/**
 * Every path of a host that was added, removed or changed since a snapshot: type, mode, owner, link target, time, and
 * every byte of every file that may have been written. Works for hosts that run and for those that are off; what lies in memory (/run, /proc, /sys, /dev)
 * is not looked at.
 */
export async function changedFiles(lab: Lab, name: string, options: ChangesOptions = {}): Promise<Change[]> {
  const host = labHost(lab, name);
  const snapshot = await findSnapshot(lab, options.since);
  const before = snapshotFolder(lab, snapshot, host.name);
  const after = hostFolder(lab.name, host.name);
  const mountPoint = join(labFolder(lab.name), 'compare');
  await mkdir(mountPoint, { recursive: true });
  const view = await openView([lab.image, before, after, mountPoint]);
  try {
    const seen = `/proc/${view.pid}/root${mountPoint}`;
    const trees = [{ path: '', before: join(seen, 'before'), after: join(seen, 'after') }];
    for (const volume of VOLUMES) {
      const folder = volumeFolder(volume);
      trees.push({ path: volume, before: join(before, folder), after: join(after, folder) });
    }
    const changes = (await Promise.all(trees.map(changesInTree))).flat().toSorted(byPath);
    return options.all === true ? changes : changes.filter((change) => !isVolatile(change.path));
  } finally {
    view.stdin.end();
    await once(view, 'close');
  }
}

function byPath(left: Change, right: Change): number {
  return left.path < right.path ? -1 : 1;
}

interface TreePair {
  /** Where the tree is on the host; empty for the root. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

async function changesInTree({ path, before, after }: TreePair): Promise<Change[]> {
  const [old, now] = await Promise.all([listing(before), listing(after)]);
  const changes = await compareTrees(old, now, (file) => sameBytes(join(before, file), join(after, file)));
  return changes.map((change) => ({
    ...change,
    path: change.path === '/' ? path || '/' : `${path}${change.path}`,
  }));
}

async function listing(folder: string): Promise<ReturnType<typeof parseEntries>> {
  if (!existsSync(folder)) return new Map();
  const { stdout } = await runLocal(['find', folder, '-xdev', '-printf', FIND_FORMAT]);
  return parseEntries(stdout);
}

async function sameBytes(left: string, right: string): Promise<boolean> {
  const [one, other] = await Promise.all([hashOf(left), hashOf(right)]);
  return one === other;
}

/** A file that goes away meanwhile has an empty hash. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
  return hash.digest('hex');
}

type View = ChildProcessByStdio<Writable, Readable, Readable>;

/** Both file systems are mounted where only the view's process has them, so that nothing is left when this program dies. */
async function openView(words: readonly string[]): Promise<View> {
  const script = ['--mount', '--propagation', 'private', 'sh', scriptPath('compare-host.sh'), ...words];
  const view: View = spawn('unshare', script, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let said = '';
  view.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ready = once(view.stdout, 'data').then(() => true);
  const ended = once(view, 'close').then(() => false);
  if (await Promise.race([ready, ended])) return view;
  throw new ProvisionError('LAB_COMPARE', `The files of the host could not be compared: ${said.trim()}`);
}

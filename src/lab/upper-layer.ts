import { existsSync } from 'node:fs';
import { chmod, chown, lstat, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The upper folder of an overlay that is not mounted yet, and the root file system that lies below it. */
export interface UpperLayer {
  readonly upper: string;
  readonly lower: string;
}

export interface Attributes {
  /** Permission bits of a new file; 0644 when left out. */
  readonly mode?: number;
  /** Permission bits of folders that are new on the way to the file; 0755 when left out. */
  readonly folderMode?: number;
  /** User and group number of what is new; 0 when left out. */
  readonly owner?: number;
}

/** Writes a file into the upper folder. What the lower one has too keeps its mode and owner, folders included. */
export async function writeInLayer(
  layer: UpperLayer,
  path: string,
  content: string,
  attributes: Attributes = {},
): Promise<void> {
  await folderInLayer(layer, dirname(path), attributes);
  await writeFile(join(layer.upper, path), content);
  await adopt(layer, path, attributes.mode ?? 0o644, attributes.owner ?? 0);
}

/** Makes a symbolic link in the upper folder. */
export async function linkInLayer(layer: UpperLayer, path: string, target: string): Promise<void> {
  await folderInLayer(layer, dirname(path));
  await symlink(target, join(layer.upper, path));
}

/** Makes a folder and those above it in the upper folder. */
export async function folderInLayer(
  layer: UpperLayer,
  path: string,
  attributes: Attributes = {},
): Promise<void> {
  if (existsSync(join(layer.upper, path))) return;
  if (path !== '/') await folderInLayer(layer, dirname(path), attributes);
  await mkdir(join(layer.upper, path), { recursive: path === '/' });
  await adopt(layer, path, attributes.folderMode ?? 0o755, attributes.owner ?? 0);
}

async function adopt(layer: UpperLayer, path: string, mode: number, owner: number): Promise<void> {
  const original = await lstat(join(layer.lower, path)).catch(() => undefined);
  const target = join(layer.upper, path);
  await chown(target, original?.uid ?? owner, original?.gid ?? owner);
  await chmod(target, (original?.mode ?? mode) & 0o7777);
}

import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The content of a file; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a file as a whole, readable by its owner alone. What a link leads to is replaced, not the link. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const beside = join(dirname(target), `.provision-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

/** A copy beside the file, as private as that one has to be, named by the time; gives its path. */
export async function backUp(path: string, now: Date): Promise<string> {
  const time = now.toISOString().replace(/\.\d+/, '').replaceAll(/[:-]/g, '');
  const copy = `${path}.${time}.backup`;
  await copyFile(path, copy);
  await chmod(copy, 0o600);
  return copy;
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** A file that artefacts are made from. */
export interface Ingredient {
  readonly path: string;
  readonly text: string;
}

/** Twelve hexadecimal digits over a recipe and the files that it uses, in whatever order these are found. */
export function cacheKey(recipe: unknown, files: readonly Ingredient[]): string {
  const key = createHash('sha256').update(`${JSON.stringify(recipe)}\0`);
  for (const { path, text } of files.toSorted((one, other) => (one.path < other.path ? -1 : 1))) {
    key.update(`${path}\0${text}\0`);
  }
  return key.digest('hex').slice(0, 12);
}

/** The scripts and other texts below a folder; modules are not among them. */
export async function ingredients(folder: string): Promise<Ingredient[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile() && !/\.(ts|js|map)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.map(async (path) => ({ path: relative(folder, path), text: await readFile(path, 'utf8') })),
  );
}

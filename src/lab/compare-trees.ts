/** What `find` tells about one path. */
export interface Entry {
  /** Relative to the tree; empty for the tree itself. */
  readonly path: string;
  /** One letter as in `find -printf %y`: f, d, l, c, b, p, s. */
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly size: string;
  /** Seconds since 1970 with a fraction. */
  readonly time: string;
  readonly inode: string;
  /** Target of a symbolic link. */
  readonly target: string;
}

export interface Change {
  /** Absolute on the host. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** What is different about a changed path. */
  readonly aspects: readonly Aspect[];
}

export type Aspect = 'type' | 'mode' | 'owner' | 'target' | 'content' | 'time';

/** The fields of `Entry` in order, each ended by a NUL, as an argument for `find -printf`. */
export const FIND_FORMAT = '%P\\0%y\\0%m\\0%U:%G\\0%s\\0%T@\\0%i\\0%l\\0';

const FIELDS = 8;

/** Reads the output of `find -printf FIND_FORMAT`. */
export function parseEntries(text: string): Map<string, Entry> {
  const fields = text.split('\0');
  const entries = new Map<string, Entry>();
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [path = '', type = '', mode = '', owner = '', size = '', time = '', inode = '', target = ''] =
      fields.slice(at, at + FIELDS);
    entries.set(path, { path, type, mode, owner, size, time, inode, target });
  }
  return entries;
}

/**
 * What is different between two listings of a tree.
 * @param sameContent compares the bytes of a file of equal size on both sides; not asked when both are the same file.
 */
export async function compareTrees(
  before: ReadonlyMap<string, Entry>,
  after: ReadonlyMap<string, Entry>,
  sameContent: (path: string) => Promise<boolean>,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path), after.get(path)];
    if (!old) changes.push({ path: `/${path}`, kind: 'added', aspects: [] });
    else if (!now) changes.push({ path: `/${path}`, kind: 'removed', aspects: [] });
    else {
      const aspects = await differences(old, now, sameContent);
      if (aspects.length > 0) changes.push({ path: `/${path}`, kind: 'changed', aspects });
    }
  }
  return changes;
}

async function differences(
  old: Entry,
  now: Entry,
  sameContent: (path: string) => Promise<boolean>,
): Promise<Aspect[]> {
  if (old.type !== now.type) return ['type'];
  const aspects: Aspect[] = [];
  if (old.mode !== now.mode) aspects.push('mode');
  if (old.owner !== now.owner) aspects.push('owner');
  if (old.target !== now.target) aspects.push('target');
  // The time and size of a folder tell only that something in it came or went, which is listed itself.
  if (now.type === 'd') return aspects;
  if (now.type === 'f' && !(await sameFile(old, now, sameContent))) aspects.push('content');
  else if (old.time !== now.time) aspects.push('time');
  return aspects;
}

async function sameFile(
  old: Entry,
  now: Entry,
  sameContent: (path: string) => Promise<boolean>,
): Promise<boolean> {
  if (old.size !== now.size) return false;
  const untouched = old.inode === now.inode && old.time === now.time;
  return untouched || sameContent(now.path);
}

import type { Range } from './source.js';

export type Path = readonly (string | number)[];

/** Where each key and value of the file stands. */
export interface Places {
  readonly set: (path: Path, key: Range, value: Range) => void;
  /** The key of a path, or of the nearest path above it that is in the file. */
  readonly key: (path: Path) => Range;
  /** The value of a path, likewise. */
  readonly value: (path: Path) => Range;
}

/** An empty set of places. */
export function createPlaces(): Places {
  const places = new Map<string, { key: Range; value: Range }>();
  const find = (path: Path): { key: Range; value: Range } => {
    const found = places.get(JSON.stringify(path));
    if (found !== undefined) return found;
    return path.length === 0 ? { key: [0, 0], value: [0, 0] } : find(path.slice(0, -1));
  };
  return {
    set: (path, key, value) => void places.set(JSON.stringify(path), { key, value }),
    key: (path) => find(path).key,
    value: (path) => find(path).value,
  };
}

/** `hosts.node1.ssh.proxyJump[0]`. */
export function showPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

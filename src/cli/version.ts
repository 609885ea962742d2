import { existsSync, readFileSync } from 'node:fs';

/** The version in package.json, which lies above this file in the sources and above dist/ in the package. */
export function version(): string {
  const candidates = ['../../package.json', '../../../package.json'].map(
    (path) => new URL(path, import.meta.url),
  );
  const path = candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return 'unknown';
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

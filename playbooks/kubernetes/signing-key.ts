import { readFileSync } from 'node:fs';
import type { Task } from '../../src/engine/task.js';
import { lines, rawScript, sh } from '../../src/shell/script.js';
import { command } from '../../src/tasks/command.js';
import { absolutePath, type TaskOptions } from '../../src/tasks/options.js';
import type { RepositoryKey } from './releases.js';

const PACKETS = readFileSync(new URL('./signing-key.awk', import.meta.url), 'utf8');
const FUNCTIONS = lines(
  sh`KEY_PACKETS=${PACKETS}`,
  rawScript(readFileSync(new URL('./signing-key.sh', import.meta.url), 'utf8')),
);

/**
 * The public key of a package source that its fingerprint tells, fetched by the host. Its text is no constant, since its end is put off
 * from time to time: one that has ended is fetched anew. Read without gpg, which writes where it looks.
 */
export function signingKey(
  options: TaskOptions & { readonly path: string; readonly key: RepositoryKey },
): Task {
  const path = absolutePath(options.path);
  const { url, fingerprint } = options.key;
  if (!/^[0-9A-F]{40}$/.test(fingerprint)) throw new RangeError(`"${fingerprint}" is not a fingerprint`);
  return command({
    ...options,
    title: options.title ?? `${path} has the key of the package source`,
    check: sh`${FUNCTIONS}
check_key ${[path, fingerprint]}`,
    apply: sh`${FUNCTIONS}
apply_key ${[url, path, fingerprint]}`,
  });
}

import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';
import { ACCOUNT_FUNCTIONS, accountName } from './user.js';

export interface SshAuthorizedKeyOptions extends TaskOptions {
  /** One that exists, with a home folder. */
  readonly user: string;
  /** A line of authorized_keys: options or none, type, key, comment. */
  readonly key: string;
}

const FUNCTIONS = rawScript(readFileSync(new URL('./ssh-authorized-key.sh', import.meta.url), 'utf8'));
const KEY = /(?:^|\s)((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9@.-]+)\s+(AAAA[A-Za-z0-9+/]+={0,2})(?:\s+(.*))?$/;

/**
 * A public key that may log in as a user. The other keys stay, and so does a line that has this key with other options.
 * @throws RangeError for what is not one public key.
 */
export function sshAuthorizedKey(options: SshAuthorizedKeyOptions): Task {
  const line = options.key.trim();
  const [, type = '', blob = '', comment] = KEY.exec(line) ?? [];
  if (blob === '' || /[\n\r\0]/.test(line))
    throw new RangeError(`"${line.slice(0, 40)}" is not one public key`);
  const name = accountName(options.user);
  return makeTask(options, {
    title: `${name} can be logged in as with the key ${comment ?? type}`,
    check: sh`${ACCOUNT_FUNCTIONS}
${FUNCTIONS}
check_key ${[name, blob, comment ?? type]}`,
    apply: sh`${ACCOUNT_FUNCTIONS}
${FUNCTIONS}
apply_key ${[name, blob, line]}`,
  });
}

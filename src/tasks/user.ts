import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface UserOptions extends TaskOptions {
  readonly name: string;
  /** The login shell; left as it is, and the distribution's for a new user, when not declared. */
  readonly shell?: string | undefined;
  /** The home folder; made when it is missing. */
  readonly home?: string | undefined;
  /** Groups that exist; the user is added to them and stays in all others. */
  readonly groups?: readonly string[] | undefined;
  /** A new user gets a number below 1000 and, unless `home` says one, no home folder. */
  readonly system?: boolean | undefined;
}

/** Finds a user in the database of users: see user.sh. */
export const ACCOUNT_FUNCTIONS = rawScript(readFileSync(new URL('./user.sh', import.meta.url), 'utf8'));
const CHECK = rawScript(readFileSync(new URL('./user-check.sh', import.meta.url), 'utf8'));
const APPLY = rawScript(readFileSync(new URL('./user-apply.sh', import.meta.url), 'utf8'));

/** A local user. */
export function user(options: UserOptions): Task {
  const { shell, home, groups = [] } = options;
  const words = [
    accountName(options.name),
    shell === undefined ? '' : passwdPath(shell),
    home === undefined ? '' : passwdPath(home),
    ...groups.map(accountName),
  ];
  return makeTask(options, {
    title: `user ${options.name} exists`,
    check: sh`${ACCOUNT_FUNCTIONS}
${CHECK}
check_user ${words}`,
    apply: sh`${ACCOUNT_FUNCTIONS}
${CHECK}
${APPLY}
apply_user ${[options.system === true ? 'system' : 'person', ...words]}`,
  });
}

/** @throws RangeError for a name that useradd would not take everywhere. */
export function accountName(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(name))
    throw new RangeError(`"${name}" is not the name of a user or group`);
  return name;
}

/** /etc/passwd has a colon between fields and one user a line; useradd takes no other control character either. */
function passwdPath(path: string): string {
  // oxlint-disable-next-line no-control-regex
  if (/[:\0-\x1f\x7f]/.test(path)) throw new RangeError(`"${path}" cannot stand in /etc/passwd`);
  return absolutePath(path);
}

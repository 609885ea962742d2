import { readFileSync } from 'node:fs';
import type { Task } from '../engine/task.js';
import { rawScript, sh } from '../shell/script.js';
import { makeTask, type TaskOptions } from './options.js';
import { unitName } from './unit.js';

/** A package by its name, or with a version in which * and ? are wildcards: `20.10.*`, `5:20.10.24~3-0~debian-bookworm`. */
export type PackageWish = string | { readonly name: string; readonly version?: string | undefined };

export interface PackagesOptions extends TaskOptions {
  readonly install: readonly PackageWish[];
  /** Whether an upgrade of the host leaves them as they are; not touched when it is not declared. */
  readonly hold?: boolean | undefined;
  /** Seconds to wait for others who install something on the host. */
  readonly lockTimeout: number;
  /** Units that the installation must not start, because a later task does. */
  readonly maskUnits?: readonly string[] | undefined;
  /**
   * Fetch lists of packages that are over an hour old, or older than the sources; the default. Otherwise only when a
   * package is not in them.
   */
  readonly update?: boolean | undefined;
  /** Also install what the packages recommend. */
  readonly recommends?: boolean | undefined;
}

const CHECK = rawScript(readFileSync(new URL('./packages-check.sh', import.meta.url), 'utf8'));
const APT = rawScript(readFileSync(new URL('./apt.sh', import.meta.url), 'utf8'));
const APPLY = rawScript(readFileSync(new URL('./packages-apply.sh', import.meta.url), 'utf8'));
/** Seconds: a slow mirror and a slow disk. Ending dpkg in its work does harm. */
const INSTALL_TIMEOUT = 1800;

/**
 * Packages that are installed, on hosts with apt. Those that are right are not upgraded. Only real packages count, not what others
 * provide.
 */
export function packages(options: PackagesOptions): Task {
  const wishes = options.install.map((wish) => (typeof wish === 'string' ? { name: wish } : wish));
  if (wishes.length === 0) throw new RangeError('a task without packages');
  const names = wishes.map(({ name }) => packageName(name));
  const pairs = wishes.flatMap(({ name, version = '' }) => [name, versionPattern(version)]);
  const hold = options.hold === undefined ? 'any' : yesNo(options.hold);
  const units = (options.maskUnits ?? []).map(unitName);
  return makeTask(options, {
    title: names.length === 1 ? `${names.join()} is installed` : `${names.length} packages are installed`,
    timeout: { apply: INSTALL_TIMEOUT + options.lockTimeout },
    check: sh`${CHECK}
read_packages ${names}
check_packages ${[hold, ...pairs]}`,
    apply: sh`HOLD=${hold} UPDATE=${yesNo(options.update ?? true)} RECOMMENDS=${yesNo(options.recommends ?? false)}
NAMES=${names.join(' ')} STOPPED_UNITS=${units.join(' ')} LOCK_TIMEOUT=${options.lockTimeout}
${CHECK}
${APT}
${APPLY}
read_packages ${names}
apply_packages ${pairs}`,
  });
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** @throws RangeError for what cannot be a package: it would be read as an option or a pattern. */
function packageName(name: string): string {
  if (!/^[a-z0-9][a-z0-9+.-]+$/.test(name)) throw new RangeError(`"${name}" is not the name of a package`);
  return name;
}

/** @throws RangeError for what no version matches. */
function versionPattern(version: string): string {
  if (!/^[A-Za-z0-9.+:~*?-]*$/.test(version))
    throw new RangeError(`"${version}" is not a version of a package`);
  return version;
}

import type { Task } from '../engine/task.js';
import { lines, sh } from '../shell/script.js';
import { contentCheck } from './file.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface SysctlOptions extends TaskOptions {
  /**
   * Value by key. A key is written as for sysctl(8): `net.ipv4.ip_forward`, `net.ipv4.conf.eth0/100.forwarding` or
   * `net/ipv4/conf/eth0.100/forwarding`.
   */
  readonly settings: Readonly<Record<string, string>>;
  /** Such as /etc/sysctl.d/90-provision.conf; ours alone. */
  readonly file: string;
}

/** Kernel settings, now and after a restart. */
export function sysctl(options: SysctlOptions): Task {
  const file = absolutePath(options.file);
  if (Object.keys(options.settings).length === 0) throw new RangeError(`no settings for ${file}`);
  const settings = Object.entries(options.settings).map(([key, value]) => ({
    key,
    path: procPath(key),
    value: plainValue(key, value),
  }));
  const content = settings.map(({ key, value }) => `${key} = ${value}\n`).join('');
  return makeTask(options, {
    title: `kernel settings of ${file}`,
    check: lines(
      sh`status=0
${contentCheck(file, content, ['', '', ''])} || status=1
has_words ${settings.map(({ value }) => value).join(' ')} ${settings.map(({ path }) => path)} || {`,
      ...settings.map(({ key, path, value }) => sh`has_setting ${[key, path, value]} || status=1`),
      sh`}
exit "$status"`,
    ),
    apply: lines(
      sh`status=0
printf %s ${content} | replace_file ${file} '' '' '' || exit 2`,
      ...settings.map(({ path, value }) => sh`printf '%s\n' ${value} >${path} || status=2`),
      sh`exit "$status"`,
    ),
  });
}

/** By the rule of sysctl(8): when the first separator is a dot, dots and slashes change places. */
function procPath(key: string): string {
  const swapped = /^[^/]*\./.test(key)
    ? key.replace(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))
    : key;
  if (
    !/^[\w-]+(\/[^/\s]+)+$/.test(swapped) ||
    swapped.split('/').some((part) => part === '.' || part === '..')
  ) {
    throw new RangeError(`"${key}" is not the name of a kernel setting`);
  }
  return `/proc/sys/${swapped}`;
}

/** The kernel parts numbers by tabs; we compare with single spaces. */
function plainValue(key: string, value: string): string {
  if (/[\r\n]/.test(value)) throw new RangeError(`the value of ${key} is more than one line`);
  return value.trim().replace(/[ \t]+/g, ' ');
}

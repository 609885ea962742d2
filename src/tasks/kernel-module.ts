import type { Task } from '../engine/task.js';
import { lines, sh } from '../shell/script.js';
import { contentCheck } from './file.js';
import { absolutePath, makeTask, type TaskOptions } from './options.js';

export interface KernelModule {
  readonly name: string;
  /** A path that exists when the kernel has the feature, however it came by it: /proc/sys/net/bridge. */
  readonly presentWhen?: string | undefined;
}

export interface KernelModuleOptions extends TaskOptions {
  readonly names: readonly (string | KernelModule)[];
  /** Such as /etc/modules-load.d/provision.conf; ours alone. */
  readonly file: string;
}

/** Kernel modules, now and after a restart. One that is built into the kernel counts as loaded. */
export function kernelModule(options: KernelModuleOptions): Task {
  const file = absolutePath(options.file);
  const modules = options.names.map((each) => (typeof each === 'string' ? { name: each } : each));
  for (const { name } of modules) {
    if (!/^[A-Za-z0-9_][\w-]*$/.test(name))
      throw new RangeError(`"${name}" is not the name of a kernel module`);
  }
  const content = modules.map(({ name }) => `${name}\n`).join('');
  const fileCheck = contentCheck(file, content, ['', '', '']);
  return makeTask(options, {
    title: `kernel modules ${modules.map(({ name }) => name).join(', ')} are loaded`,
    check: lines(
      sh`status=0
${fileCheck} || status=1`,
      ...modules.map(
        (module) =>
          sh`has_module ${moduleWords(module)} || differs ${`${module.name} is not loaded`} || status=1`,
      ),
      sh`exit "$status"`,
    ),
    apply: lines(
      sh`status=0
printf %s ${content} | replace_file ${file} '' '' '' || exit 2`,
      ...modules.map(
        (module) => sh`has_module ${moduleWords(module)} || modprobe ${module.name} || status=2`,
      ),
      sh`exit "$status"`,
    ),
  });
}

/** Its folder in /sys, how its file is called in modules.builtin (both - and _ are used), and its feature. */
function moduleWords({ name, presentWhen = '' }: KernelModule): string[] {
  return [`/sys/module/${name.replaceAll('-', '_')}`, `/${name.replace(/[-_]/g, '[-_]')}\\.ko`, presentWhen];
}

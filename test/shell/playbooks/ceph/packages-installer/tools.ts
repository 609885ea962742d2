import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lines, rawScript, type Script, sh } from '../../../../../src/shell/script.js';
import { runScript, type ScriptSettings, type Shell, type TestHost, testHost } from '../../../run-task.js';

/** A host with tools of Ceph that are shell texts; what they are called with is kept. */
export interface ToolHost {
  readonly host: TestHost;
  readonly run: (shell: Shell, call: Script, settings?: ScriptSettings) => ReturnType<typeof runScript>;
  /** A line for each call. */
  readonly calls: () => Promise<readonly string[]>;
}

/** What costs time or needs a user of Ceph; functions, because busybox has these commands built in. */
const AT_ONCE = sh`timeout() {
  while [ "${rawScript('${1#-}')}" != "$1" ]; do shift 2; done
  shift
  "$@"
}
sleep() { :; }
chown() { :; }`;

/** `tools` are bodies of programs by name; `files` are files of playbooks/ceph. */
export async function toolHost(
  tools: Readonly<Record<string, string>>,
  files: readonly string[],
): Promise<ToolHost> {
  const host = await testHost();
  const bin = join(host.base, 'bin');
  const log = join(host.base, 'calls');
  await mkdir(bin);
  await writeFile(log, '');
  for (const [name, body] of Object.entries(tools)) {
    const program = `#!/bin/sh\nprintf '%s\\n' "\${0##*/} $*" >>${log}\n${body}\n`;
    await writeFile(join(bin, name), program);
    await chmod(join(bin, name), 0o755);
  }
  const functions = files.map((file) =>
    rawScript(readFileSync(new URL(`../../../../../playbooks/ceph/${file}`, import.meta.url), 'utf8')),
  );
  const env = { PATH: `${bin}:/usr/sbin:/usr/bin:/sbin:/bin`, ROOT: host.root };
  return {
    host,
    run: (shell, call, settings = {}) =>
      runScript(shell, host, lines(...functions, AT_ONCE, call), {
        ...settings,
        env: { ...env, ...settings.env },
      }),
    calls: async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1),
  };
}

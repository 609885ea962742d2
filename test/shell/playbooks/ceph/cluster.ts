import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lines, rawScript, type Script, sh } from '../../../../src/shell/script.js';
import { runScript, type ScriptSettings, type Shell, type TestHost, testHost } from '../../run-task.js';

const RECORDED = new URL('./recorded/', import.meta.url);

/** Functions of playbooks/ceph, with those that they need. */
function functions(...files: readonly string[]): Script {
  const texts = ['cli.sh', 'ask.sh', ...files].map((file) =>
    rawScript(readFileSync(new URL(`../../../../playbooks/ceph/${file}`, import.meta.url), 'utf8')),
  );
  // Whether this machine has a cluster does not matter here.
  return lines(...texts, sh`can_ask() { :; }`);
}

/** An answer of a real cluster: Ceph 16.2.15, one host, three OSDs with filestore, an MDS. */
export function recorded(name: string): string {
  return readFileSync(new URL(`${name}.json`, RECORDED), 'utf8');
}

/** The answer, changed by a program of jq. */
export function changed(name: string, program: string): string {
  const { status, stdout, stderr } = spawnSync('jq', [program], { input: recorded(name), encoding: 'utf8' });
  if (status !== 0) throw new Error(`jq: ${stderr}`);
  return stdout;
}

/** Judges $ANSWER, which is what the cluster said. */
export async function judge(
  shell: Shell,
  file: string,
  answer: string,
  call: Script,
  settings: ScriptSettings = {},
) {
  const host = await testHost();
  const path = join(host.root, 'answer');
  await writeFile(path, answer);
  const script = lines(functions(file), sh`ANSWER=$(cat ${path})`, call);
  return runScript(shell, host, script, settings);
}

/** A host whose `ceph`, `rbd` and so on are the given shell text; what they are called with is kept. */
export interface FakeCluster {
  readonly host: TestHost;
  readonly run: (
    shell: Shell,
    file: string,
    call: Script,
    settings?: ScriptSettings,
  ) => ReturnType<typeof runScript>;
  /** A line for each call, without the limits. */
  readonly calls: () => Promise<readonly string[]>;
}

/** `answers` is the body of a `case` on the words of the call; what is not in it succeeds and says nothing. */
export async function fakeCluster(answers: string): Promise<FakeCluster> {
  const host = await testHost();
  const bin = join(host.base, 'bin');
  const log = join(host.base, 'calls');
  await mkdir(bin);
  await writeFile(log, '');
  const program = `#!/bin/sh
set -- "\${0##*/}" "$@"
words=$(printf '%s ' "$@" | sed 's/ --connect-timeout 10//; s/ --client_mount_timeout 10 --rados_osd_op_timeout [0-9]*//; s/ $//')
printf '%s\\n' "$words" >>${log}
case $words in
${answers}
esac
`;
  for (const name of ['ceph', 'rbd', 'rados']) {
    await writeFile(join(bin, name), program);
    await chmod(join(bin, name), 0o755);
  }
  const env = {
    PATH: `${bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    ROOT: host.root,
  };
  return {
    host,
    run: (shell, file, call, settings = {}) =>
      runScript(shell, host, lines(functions(file), call), { ...settings, env: { ...env, ...settings.env } }),
    calls: async () => (await readFile(log, 'utf8')).split('\n').slice(0, -1),
  };
}

/** Path of a recorded answer, for the programs of a fake cluster. */
export function recordedPath(name: string): string {
  return new URL(`${name}.json`, RECORDED).pathname;
}

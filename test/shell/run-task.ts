import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Task } from '../../src/engine/task.js';
import type { Script } from '../../src/shell/script.js';
import { LIBRARY } from '../../src/tasks/library.js';

/** A shell that hosts have as `sh`. */
export interface Shell {
  readonly name: 'dash' | 'bash' | 'busybox';
  readonly command: readonly string[];
}

const CANDIDATES: readonly Shell[] = [
  { name: 'dash', command: ['/usr/bin/dash'] },
  { name: 'bash', command: ['/usr/bin/bash'] },
  { name: 'busybox', command: ['/usr/bin/busybox', 'ash'] },
];

/** The shells that this machine has, for `describe.each(SHELLS)('$name', ...)`. */
export const SHELLS: readonly Shell[] = CANDIDATES.filter((shell) => existsSync(shell.command[0] ?? ''));

/** What the engine gives to a script; all folders lie in `base`, which is removed when the test ends. */
export interface TestHost {
  readonly base: string;
  /** An empty folder for the files that the task is about. */
  readonly root: string;
  readonly state: string;
  readonly secrets: string;
  /** Its TMPDIR. */
  readonly tmp: string;
}

/** Values of the variables that a script sees; the defaults are those of `up` with nothing pending. */
export interface ScriptSettings {
  readonly mode?: 'look' | 'apply';
  readonly pending?: readonly string[];
  readonly runId?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command that the shell is run under, such as `['unshare', '-m']`. */
  readonly under?: readonly string[];
}

export interface ScriptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Folders of a host that does not outlive the test; call it inside `it`. */
export async function testHost(secrets: Readonly<Record<string, string>> = {}): Promise<TestHost> {
  const base = await mkdtemp(join(tmpdir(), 'provision-task-'));
  onTestFinished(() => rm(base, { recursive: true, force: true }));
  const inBase = (name: string) => join(base, name);
  const host = {
    base,
    root: inBase('root'),
    state: inBase('state'),
    secrets: inBase('secrets'),
    tmp: inBase('tmp'),
  };
  for (const folder of [host.root, host.tmp, inBase('scripts')]) await mkdir(folder);
  await chmod(host.root, 0o755);
  await mkdir(host.secrets, { mode: 0o700 });
  for (const [name, value] of Object.entries(secrets)) {
    await writeFile(join(host.secrets, name), value, { mode: 0o600 });
  }
  return host;
}

/** Runs a task's check as the engine does: library first, `set -u`, no standard input, LC_ALL=C. */
export function runCheck(shell: Shell, host: TestHost, task: Task, settings: ScriptSettings = {}) {
  return runScript(shell, host, task.check, { mode: 'look', ...settings });
}

/** Runs a task's apply as the engine does. */
export function runApply(shell: Shell, host: TestHost, task: Task, settings: ScriptSettings = {}) {
  if (task.apply === undefined) throw new Error(`task ${task.id} has no apply`);
  return runScript(shell, host, task.apply, { mode: 'apply', ...settings });
}

/** Runs any script the way that a task's script runs. */
export async function runScript(
  shell: Shell,
  host: TestHost,
  script: Script,
  settings: ScriptSettings = {},
): Promise<ScriptResult> {
  const file = join(host.base, 'scripts', `${String(scriptCount++)}.sh`);
  await writeFile(file, `set -u\n${LIBRARY}\n${script.source}\n`);
  const argv: readonly string[] = [...(settings.under ?? []), ...shell.command, file];
  const [command = '', ...args] = argv;
  const env = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    TMPDIR: host.tmp,
    SECRETS: host.secrets,
    STATE: host.state,
    RUN_ID: settings.runId ?? 'run-1',
    MODE: settings.mode ?? 'apply',
    PENDING: (settings.pending ?? []).join(' '),
    ...settings.env,
  };
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

let scriptCount = 0;

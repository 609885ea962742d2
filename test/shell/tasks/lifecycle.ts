import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { runApply, runCheck, type ScriptSettings, type Shell, type TestHost } from '../run-task.js';

/** A file name and a text with everything that a careless script trips over. */
export const ODD_NAME = `-n 'single' "double" $HOME \`id\` $(id) \\n\\\\ %s%d ünï 日本 *?[a-z] ;&|<> #!~ \t\nend`;
export const ODD_LINE = `-e 'single' "double" $HOME \`id\` $(id) \\n\\t\\\\ %s %d%% ünï 日本 *?[a-z] ;&|<> #!~ \t end\\`;
export const ODD_TEXT = `${ODD_LINE}\n\n  ${ODD_LINE}\n\\`;

/** Every path below a folder with all that a change would alter; access times are no change. */
export async function treeOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const { mode, uid, gid, size, mtimeNs, ctimeNs, ino } = await lstat(path, { bigint: true });
      const facts = [path, mode, uid, gid, size, mtimeNs, ctimeNs, ino].join(' ');
      if (entry.isDirectory()) return [facts, ...(await treeOf(path))];
      if (entry.isSymbolicLink()) return [`${facts} -> ${await readlink(path)}`];
      return [
        `${facts} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`,
      ];
    }),
  );
  return lists.flat().sort();
}

/** What a check must not touch. */
export async function traceOf(host: TestHost): Promise<string[]> {
  const folders = [host.root, host.state, host.secrets, host.tmp];
  return (await Promise.all(folders.map(treeOf))).flat();
}

/** Runs the check, and sees that it left no trace. */
export async function expectCheck(
  shell: Shell,
  host: TestHost,
  task: Task,
  code: number,
  settings: ScriptSettings = {},
) {
  const before = await traceOf(host);
  const result = await runCheck(shell, host, task, settings);
  expect(result).toMatchObject({ code, stderr: '' });
  if (code !== 0) expect(result.stdout).not.toBe('');
  if (code === 0) expect(result.stdout).toBe('');
  expect(await traceOf(host)).toEqual(before);
  return result;
}

export async function expectApply(shell: Shell, host: TestHost, task: Task, settings: ScriptSettings = {}) {
  const result = await runApply(shell, host, task, settings);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  return result;
}

/** Differs, applied, as desired, applied twice. Returns what the first check said. */
export async function expectLifecycle(
  shell: Shell,
  host: TestHost,
  task: Task,
  settings: ScriptSettings = {},
): Promise<string> {
  const { stdout } = await expectCheck(shell, host, task, 1, settings);
  await expectApply(shell, host, task, settings);
  await expectCheck(shell, host, task, 0, settings);
  await expectApply(shell, host, task, settings);
  await expectCheck(shell, host, task, 0, settings);
  return stdout;
}

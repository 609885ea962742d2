import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { LIBRARY } from '../../../src/tasks/library.js';
import { HAS_SHELLCHECK } from '../../support/programs.js';
import { SHELLS, testHost } from '../run-task.js';

/** What is tested of the scripts of some tasks. */
export interface SyntaxCase {
  /** Continues "the scripts of". */
  readonly of: string;
  readonly tasks: readonly Task[];
  /** The files of src/tasks whose functions they call, without `.sh`. */
  readonly files: readonly string[];
  /** Remarks of shellcheck that say nothing of files that are put together. */
  readonly exclude?: readonly string[];
}

/** Every shell of hosts reads the scripts, and shellcheck has nothing to say of them. */
export function describeSyntax({ of, tasks, files, exclude = [] }: SyntaxCase): void {
  const scripts = tasks.flatMap(({ id, check, apply }) => [
    { name: `${id}.check`, source: check.source },
    { name: `${id}.apply`, source: apply?.source ?? ':' },
  ]);

  describe(`the scripts of ${of}`, () => {
    it.each(SHELLS)('are read by $name, also inside a function', async (shell) => {
      const host = await testHost();
      const [program = '', ...args] = shell.command;
      for (const { name, source } of scripts) {
        const path = join(host.base, name);
        await writeFile(path, `check_1() {\nset -u\n${source}\n}\n`);
        const { status, stderr } = spawnSync(program, [...args, '-n', path]);
        expect({ name, status, stderr: stderr.toString() }).toEqual({ name, status: 0, stderr: '' });
      }
    });

    it.skipIf(!HAS_SHELLCHECK)('have nothing that shellcheck warns of', async () => {
      const host = await testHost();
      const paths = scripts.map(({ name }) => join(host.base, name));
      for (const [index, path] of paths.entries()) {
        await writeFile(path, `#!/bin/sh\nset -u\n${LIBRARY}\n${scripts[index]?.source ?? ''}\n`);
      }
      const { stdout } = spawnSync('shellcheck', ['--severity=warning', '--format=gcc', ...paths]);
      expect(stdout.toString()).toBe('');
    });

    it.skipIf(!HAS_SHELLCHECK)('and their functions have nothing that shellcheck remarks', () => {
      const folder = new URL('../../../src/tasks/', import.meta.url).pathname;
      const paths = files.map((name) => `${folder}${name}.sh`);
      const excluded = exclude.map((code) => `--exclude=${code}`);
      const { stdout } = spawnSync('shellcheck', ['--format=gcc', ...excluded, ...paths]);
      expect(stdout.toString()).toBe('');
    });
  });
}

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lines, rawScript, type Script } from '../../../src/shell/script.js';
import { runScript, type ScriptResult, type Shell, type TestHost } from '../run-task.js';

/** Puts files below a folder. */
export function lay(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** Shell functions of doctor by which cures speak. */
export const CURE = rawScript(readFileSync(new URL('../../../src/doctor/cure.sh', import.meta.url), 'utf8'));

/** Functions of the files of the playbooks, one after the other. */
export function functionsOf(...files: readonly string[]): Script {
  const read = (file: string): string =>
    readFileSync(new URL(`../../../playbooks/${file}`, import.meta.url), 'utf8');
  return rawScript(files.map(read).join('\n'));
}

/**
 * Runs a script with programs of the test's own in front of the system's. As functions, too: busybox would call its own.
 * @param programs shell scripts by name.
 */
export function runWith(
  shell: Shell,
  host: TestHost,
  programs: Readonly<Record<string, string>>,
  ...scripts: readonly Script[]
): Promise<ScriptResult> {
  const folder = join(host.base, 'bin');
  const functions = Object.entries(programs).map(([name, text]) => {
    lay(folder, { [name]: `#!/bin/sh\n${text}\n` });
    chmodSync(join(folder, name), 0o755);
    return rawScript(name.includes('-') ? ':' : `${name}() { ${join(folder, name)} "$@"; }`);
  });
  const env = { PATH: `${folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin` };
  return runScript(shell, host, lines(CURE, ...scripts.slice(0, -1), ...functions, ...scripts.slice(-1)), {
    env,
  });
}

/** What a cure proposes: the commands in order, or why it refuses. */
export function told({ stdout }: ScriptResult): { readonly commands: string[]; readonly refusals: string[] } {
  const fields = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  return {
    commands: fields.flatMap(([word, , command]) => (word === 'propose' ? [command ?? ''] : [])),
    refusals: fields.flatMap(([word, why]) => (word === 'refuse' ? [why ?? ''] : [])),
  };
}

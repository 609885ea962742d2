import { readFileSync } from 'node:fs';
import { lines, rawScript, type Script } from '../../../src/shell/script.js';
import { runScript, type ScriptSettings, type Shell, type TestHost } from '../run-task.js';

/** Calls functions of a shell file of the playbooks. */
export function callFunctions(
  file: string,
  shell: Shell,
  host: TestHost,
  call: Script,
  settings: ScriptSettings = {},
) {
  const functions = readFileSync(new URL(`../../../playbooks/${file}`, import.meta.url), 'utf8');
  return runScript(shell, host, lines(rawScript(functions), call), settings);
}

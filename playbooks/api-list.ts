import { readFileSync } from 'node:fs';
import { lines, rawScript, type Script, sh } from '../src/shell/script.js';
import { KUBECTL } from './kubernetes/kubectl.js';

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** Shell functions that read lists of the API: see api-list.sh and api-text.awk. */
export const API_LIST: Script = lines(
  KUBECTL,
  sh`API_TEXT_AWK=${read('./api-text.awk')}`,
  rawScript(read('./api-list.sh')),
);

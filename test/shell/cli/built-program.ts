import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Compiles the program beside its packages, apart from dist/, and gives the path of its main module. */
export function buildProgram(): { readonly main: string; readonly remove: () => void } {
  const folder = `${root}node_modules/.cache/provision-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  copyFileSync(`${root}package.json`, `${folder}/package.json`);
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const words = [
    tsc,
    '-p',
    `${root}tsconfig.build.json`,
    '--outDir',
    `${folder}/dist`,
    '--declaration',
    'false',
  ];
  const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (stdout !== '') throw new Error(stdout);
  const copy = `find src playbooks -type f ! -name '*.ts' -print | tar -cf - -T - | tar -xf - -C '${folder}/dist'`;
  spawnSync('sh', ['-c', copy], { cwd: root });
  return { main: `${folder}/dist/src/cli/main.js`, remove: () => rmSync(folder, { recursive: true }) };
}

// Compiles the program to dist/, puts the shell files beside the modules that read them, and all modules into few files in dist/bin.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });

const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  { stdio: 'inherit' },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);

for (const folder of ['src', 'playbooks']) {
  cpSync(`${root}${folder}`, `${root}dist/${folder}`, {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });
}
await bundle(`${root}dist/src/cli/main.js`, `${root}dist/bin`);
chmodSync(`${root}dist/bin/provision.js`, 0o755);

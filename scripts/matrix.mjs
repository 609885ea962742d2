// Runs the end-to-end files of the whole matrix, one after the other, each in a process of its own, and writes docs/verification.md.
// Names as arguments (`npm run e2e:all -- ceph-drift`) run only those; the page keeps what it knows of the others.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readResult, RESULTS, writeResult } from './matrix-results.mjs';
import { writePage } from './verification.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const files = ['test/e2e', 'test/e2e/matrix'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name)),
);
const nameOf = (file) => basename(file, '.test.ts');
const unknown = wanted.filter((name) => !files.some((file) => nameOf(file) === name));
if (unknown.length > 0) {
  console.error(
    `No end-to-end file is called ${unknown.join(', ')}. There are: ${files.map(nameOf).join(', ')}`,
  );
  process.exit(2);
}

const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
/** Results of this very run are no change of what is tested. */
const elsewhere = ['--', '.', ':!docs/verification', ':!docs/verification.md'];
const changed =
  execFileSync('git', ['status', '--porcelain', ...elsewhere], { cwd: root, encoding: 'utf8' }).trim() !== '';
const chosen = files.filter((file) => wanted.length === 0 || wanted.includes(nameOf(file)));
if (wanted.length === 0) rmSync(RESULTS, { recursive: true, force: true });
const reports = mkdtempSync(join(tmpdir(), 'provision-matrix-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

let failed = 0;
for (const [index, file] of chosen.entries()) {
  const report = join(reports, `${nameOf(file)}.json`);
  console.log(`\n== ${file} (${index + 1} of ${chosen.length}) ==`);
  const { status } = spawnSync(
    'npx',
    [
      'vitest',
      'run',
      '--project',
      'e2e',
      '--reporter=verbose',
      '--reporter=json',
      `--outputFile.json=${report}`,
      file,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, E2E_MATRIX: 'all' } },
  );
  writeResult(nameOf(file), report, { commit: changed ? `${commit} with changes` : commit });
  writePage();
  const { passed, total } = readResult(nameOf(file));
  console.log(`== ${file}: ${passed} of ${total} passed ==`);
  if (status !== 0) failed += 1;
}
console.log(failed === 0 ? 'Every file passed.' : `${failed} of ${chosen.length} files failed.`);
process.exit(failed === 0 ? 0 : 1);

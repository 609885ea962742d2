// What is known of each end-to-end file: its last run, in a file of its own, so that a run that is broken off loses nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const RESULTS = fileURLToPath(new URL('../docs/verification', import.meta.url));

/** Keeps what vitest reported of one file. A file whose process died without a report counts as one failed test. */
export function writeResult(name, reportPath, { commit }) {
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : undefined;
  const tests = (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults.map(({ status, fullName, duration }) => ({
      name: fullName,
      status,
      seconds: (duration ?? 0) / 1000,
    })),
  );
  // A file whose preparation failed reports its tests as skipped, and itself as failed.
  const broken =
    report === undefined ||
    (report.testResults ?? []).some(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((each) => each.status !== 'failed'),
    );
  if (broken) tests.push({ name: 'the file could be prepared and run', status: 'failed', seconds: 0 });
  const result = {
    name,
    commit,
    date: new Date(report?.startTime ?? Date.now()).toISOString().slice(0, 10),
    passed: tests.filter(({ status }) => status === 'passed').length,
    total: tests.length,
    tests,
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(result, undefined, 1)}\n`);
}

export function readResult(name) {
  return JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8'));
}

/** All that is known, by name. */
export function readResults() {
  return readdirSync(RESULTS)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => readResult(basename(file, '.json')));
}

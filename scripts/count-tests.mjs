// Adds up the JSON reports of the test runs and prints "N passed, N failed". A step that failed without a failed test
// (a type error, a missing report) counts as one failure, so that nothing broken looks whole.
import { existsSync, readFileSync } from 'node:fs';

const [stepFailed, ...reports] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const path of reports) {
  if (!existsSync(path)) {
    console.log(`no report at ${path}: its tests did not run`);
    failed += 1;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests + (report.success || report.numFailedTests > 0 ? 0 : 1);
  for (const file of report.testResults) {
    for (const test of file.assertionResults)
      if (test.status === 'failed') console.log(`failed: ${test.fullName}`);
  }
}
if (stepFailed !== '0' && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

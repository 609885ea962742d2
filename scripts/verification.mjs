// Writes docs/verification.md from the JSON report of an end-to-end run, and exits as the run did.
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const [path = 'e2e-report.json'] = process.argv.slice(2);
const report = JSON.parse(readFileSync(path, 'utf8'));
const rows = report.testResults.flatMap((file) =>
  file.assertionResults.map(
    ({ status, fullName, duration }) =>
      `| ${basename(file.name, '.test.ts')} | ${fullName.replaceAll('|', '\\|')} | ${status} | ${((duration ?? 0) / 1000).toFixed(1)} |`,
  ),
);
const page = `# Verification

Written by \`npm run e2e:all\` on ${new Date(report.startTime).toISOString().slice(0, 10)}: every end-to-end test, on lab hosts (Debian 12 in
containers of systemd-nspawn, kernel ${release()}), with real systemd, sshd, apt, Docker, Ceph and kubeadm.

${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} not run.

| file | test | result | seconds |
|---|---|---|---|
${rows.join('\n')}
`;
writeFileSync(fileURLToPath(new URL('../docs/verification.md', import.meta.url)), page);
console.log(`docs/verification.md: ${report.numPassedTests} passed, ${report.numFailedTests} failed`);
process.exit(report.success ? 0 : 1);

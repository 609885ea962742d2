// docs/verification.md, from the results that scripts/matrix.mjs has kept.
import { writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readResults } from './matrix-results.mjs';

export function writePage() {
  const results = readResults();
  const count = (status) =>
    results.flatMap(({ tests }) => tests).filter((test) => test.status === status).length;
  const [passed, failed] = [count('passed'), count('failed')];
  const total = results.flatMap(({ tests }) => tests).length;
  const page = `# Verification

Written by \`npm run e2e:all\`: every end-to-end test on lab hosts (Debian 12 and 13 in containers of systemd-nspawn, kernel
${release()}), with real systemd, sshd, apt, Docker, Ceph and kubeadm. Each file stands here as it ran last, with the commit that it ran at.

${passed} passed, ${failed} failed, ${total - passed - failed} not run.

${results.map(section).join('\n')}`;
  writeFileSync(fileURLToPath(new URL('../docs/verification.md', import.meta.url)), page);
}

function section({ name, commit, date, passed, total, tests }) {
  const rows = tests.map(
    ({ name: test, status, seconds }) =>
      `| ${test.replaceAll('|', '\\|')} | ${status} | ${seconds.toFixed(1)} |`,
  );
  return `## ${name}: ${passed} of ${total} (${date}, ${commit})

| test | result | seconds |
|---|---|---|
${rows.join('\n')}
`;
}

import { defineConfig } from 'vitest/config';

/** Unit, shell and ssh tests need Node and the shells of the machine; e2e needs root and the lab. E2E_MATRIX=all adds the faults. */
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', ['json', { outputFile: report }]],
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 20_000 } },
      { test: { name: 'shell', include: ['test/shell/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'ssh', include: ['test/ssh/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/*.test.ts', ...(process.env['E2E_MATRIX'] === 'all' ? ['test/e2e/matrix/*.test.ts'] : [])],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

import { defineConfig } from 'vitest/config';

/** Unit, shell and ssh tests need Node and the shells of the machine; e2e needs root and the lab. */
const report = process.env['TEST_REPORT'];

/** By E2E_MATRIX: the core alone, with all faults, or the stages interrupted at single points, which takes hours. */
const END_TO_END: Readonly<Record<string, readonly string[]>> = {
  core: ['test/e2e/*.test.ts'],
  all: ['test/e2e/*.test.ts', 'test/e2e/matrix/*.test.ts'],
  points: ['test/e2e/points/*.test.ts'],
};

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
          globalSetup: ['test/e2e/prepare.ts'],
          include: [...(END_TO_END[process.env['E2E_MATRIX'] ?? 'core'] ?? [])],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lastRuns } from '../../../src/cli/last-runs.js';
import type { HostSummary } from '../../../src/engine/events.js';

const fine: HostSummary = { ok: 3, changed: 0, failed: 0, skipped: 0, outcome: 'ok' };

function folderOf(runs: Readonly<Record<string, Readonly<Record<string, HostSummary>>>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'provision-runs-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [run, hosts] of Object.entries(runs)) {
    mkdirSync(join(folder, 'runs', run), { recursive: true });
    writeFileSync(join(folder, 'runs', run, 'summary.json'), JSON.stringify({ hosts }));
  }
  return folder;
}

it('remembers the last run of each host, also when later runs were about others', async () => {
  const folder = folderOf({
    '20260101T100000-aaaa': { node1: fine, node2: { ...fine, outcome: 'failed' } },
    '20260101T110000-bbbb': { node1: fine },
    '20260101T120000-cccc': { node1: { ...fine, ok: 0 } },
  });
  mkdirSync(join(folder, 'runs', '20260101T130000-dddd'));
  expect(Object.fromEntries(await lastRuns(folder))).toEqual({
    node1: { run: '20260101T110000-bbbb', outcome: 'ok' },
    node2: { run: '20260101T100000-aaaa', outcome: 'failed' },
  });
});

it('knows of nothing where there are no records', async () => {
  expect((await lastRuns('/nonexistent')).size).toBe(0);
});

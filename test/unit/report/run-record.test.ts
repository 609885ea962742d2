import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Masker } from '../../../src/report/mask.js';
import { openReports } from '../../../src/report/open-reports.js';
import type { Report } from '../../../src/report/report.js';
import { runRecord } from '../../../src/report/run-record.js';
import { storyOf } from './events.js';
import { keepingOutput } from './outputs.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'provision-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function tellStory(report: Report): Promise<void> {
  for (const event of storyOf('up')) report.event(event);
  await report.close();
}

describe('the run record', () => {
  it('is readable by the user alone and holds events, a log a host, and the summary, all masked', async () => {
    const folder = temporaryFolder();
    const record = join(folder, 'runs', 'R1');
    const stdout = keepingOutput();
    const masker = new Masker(['writing']);
    await tellStory(
      openReports({ output: 'json', mode: 'up', stdout, stderr: stdout, masker, inventory: 'x', record }),
    );
    expect(statSync(record).mode & 0o777).toBe(0o700);
    for (const name of ['events.ndjson', 'node1.log', 'summary.json']) {
      expect(statSync(join(record, name)).mode & 0o777).toBe(0o600);
    }
    expect(readFileSync(join(record, 'events.ndjson'), 'utf8')).toBe(stdout.text());
    expect(readFileSync(join(record, 'node1.log'), 'utf8')).toContain('docker/docker-daemon-json| ********');
    expect(JSON.parse(readFileSync(join(record, 'summary.json'), 'utf8'))).toMatchObject({ run: 'R1' });
    expect(readlinkSync(join(folder, 'runs', 'latest'))).toBe('R1');
  });

  it('leaves "latest" at the last run that came to its end, and no empty folder', async () => {
    const runs = join(temporaryFolder(), 'runs');
    await tellStory(runRecord(join(runs, 'R1'), () => undefined));
    const refused = runRecord(join(runs, 'R2'), () => undefined);
    await refused.close();
    const broken = runRecord(join(runs, 'R3'), () => undefined);
    for (const event of storyOf('up').slice(0, -1)) broken.event(event);
    await broken.close();
    expect(readlinkSync(join(runs, 'latest'))).toBe('R1');
    expect(existsSync(join(runs, 'R2'))).toBe(false);
    expect(existsSync(join(runs, 'R3', 'events.ndjson'))).toBe(true);
  });

  it('that can no longer be written is told once, and the run goes on', async () => {
    const record = join(temporaryFolder(), 'R1');
    const complaints: string[] = [];
    const report = runRecord(record, (text) => complaints.push(text));
    mkdirSync(join(record, 'events.ndjson'));
    await tellStory(report);
    expect(complaints).toEqual([expect.stringContaining(`The record ${record} is incomplete`)]);
  });

  it('that cannot be begun is an error with advice', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'runs'), '');
    expect(() => runRecord(join(folder, 'runs', 'R1'), () => undefined)).toThrow(
      expect.objectContaining({ code: 'RECORD_NOT_WRITTEN', exitCode: 2 }) as Error,
    );
  });
});

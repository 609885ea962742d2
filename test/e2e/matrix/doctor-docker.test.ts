import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerHostCases } from '../doctor/cases-hosts.js';
import { dockerHost, type Platform } from '../doctor/platform.js';
import { type Row, runCase, tableText } from '../doctor/run-case.js';

/** What needs a newer Docker than that of the platform, or a disk that others would miss. */
describe('doctor on a host with Docker alone', () => {
  let lab: Platform;
  const table: Row[] = [];

  beforeAll(async () => {
    lab = await dockerHost('doctor-docker');
  });

  afterAll(async () => {
    process.stdout.write(tableText(table));
    await lab.destroy();
  });

  it('finds nothing where all is well', async () => {
    const { found, stdout } = await lab.doctor();
    expect(found, stdout).toEqual([]);
  });

  it.each(dockerHostCases.map((each) => [each.id, each] as const))(
    'finds exactly %s, and cures it',
    async (id, each) => {
      const row = { id, reproduced: false, detected: false, cured: false };
      table.push(row);
      await runCase(lab, each, row);
    },
  );
});

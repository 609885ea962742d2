import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lockCluster } from '../../../src/engine/controller-lock.js';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'provision-lock-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

function owner(pid: number, controller = hostname()): string {
  return JSON.stringify({ run: 'R0', user: 'someone', controller, pid, since: '2026-01-01T00:00:00Z' });
}

describe('the lock of a cluster', () => {
  it('is refused while its owner lives, naming it, and free afterwards', async () => {
    const path = await folder();
    const release = await lockCluster(path, 'R1');
    await expect(lockCluster(path, 'R2')).rejects.toMatchObject({
      code: 'CLUSTER_LOCKED',
      exitCode: 6,
      message: expect.stringContaining(`run R1`) as string,
    });
    await release();
    expect(existsSync(join(path, 'lock'))).toBe(false);
    await (await lockCluster(path, 'R3'))();
  });

  it('is taken over from a dead process of this machine', async () => {
    const path = await folder();
    const { pid } = spawnSync('true');
    await writeFile(join(path, 'lock'), owner(pid));
    await (await lockCluster(path, 'R1'))();
  });

  it('is not taken over from another machine, whose processes cannot be seen', async () => {
    const path = await folder();
    await writeFile(join(path, 'lock'), owner(1, 'elsewhere.example'));
    await expect(lockCluster(path, 'R1')).rejects.toThrow('someone on elsewhere.example');
  });

  it('goes to one of many who ask at once', async () => {
    const path = await folder();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => lockCluster(path, `R${n}`)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type E2eLab, e2eLab } from './lab.js';
import { type JsonOutcome, named, provision, provisionJson } from './provision.js';

/** containerd collects what a container that ended has left some time after its end, whoever looks. */
const CONTAINERD_DATABASE = '/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db';

describe('the first runs on three freshly booted hosts', () => {
  let lab: E2eLab;
  let plan: JsonOutcome;
  let first: JsonOutcome;

  beforeAll(async () => {
    lab = await e2eLab('first', 3);
  });

  afterAll(async () => {
    await lab.destroy();
  });

  it('plans before the first run, and leaves no file changed', async () => {
    await lab.snapshot();
    plan = await provisionJson(lab.folder, ['plan', 'lab.yaml', '--to', 'docker']);
    expect(plan.stderr).toBe('');
    expect(plan.code).toBe(0);
    expect(plan.summary.changed).toBeGreaterThan(0);
    for (const host of lab.hosts) expect(await lab.changedFiles(host)).toEqual([]);
  });

  it('says by its exit code that changes are pending when asked', async () => {
    expect((await provision(lab.folder, ['plan', 'lab.yaml', '--to', 'docker', '--exit-code'])).code).toBe(3);
  });

  it('brings the hosts to a running Docker', async () => {
    first = await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes']);
    expect(named(first.tasks, 'failed', 'skipped')).toEqual([]);
    expect(first.code).toBe(0);
    for (const host of lab.hosts) {
      expect((await lab.exec(host, ['systemctl', 'is-active', 'docker'])).stdout.trim()).toBe('active');
      expect((await lab.exec(host, ['systemctl', 'is-enabled', 'docker'])).stdout.trim()).toBe('enabled');
      expect((await lab.exec(host, ['hostname'])).stdout.trim()).toBe(host);
    }
  });

  it('changed what the plan said, task by task, on all hosts', () => {
    expect(named(first.tasks, 'changed')).toEqual(named(plan.tasks, 'change'));
  });

  it('changes nothing the second time and says so', async () => {
    const second = await provisionJson(lab.folder, ['up', 'lab.yaml', '--to', 'docker', '--yes']);
    expect(named(second.tasks, 'changed', 'failed', 'skipped', 'unknown')).toEqual([]);
    expect(second.summary).toMatchObject({ changed: 0, failed: 0, unreachable: 0, ok: first.tasks.length });
    expect(second.code).toBe(0);
    const plain = await provision(lab.folder, [
      'up',
      'lab.yaml',
      '--to',
      'docker',
      '--yes',
      '--output',
      'plain',
    ]);
    expect(plain.stdout).toMatch(/0 changed/);
  });

  it('plans nothing more, and leaves no file changed then either', async () => {
    await lab.snapshot();
    const again = await provisionJson(lab.folder, ['plan', 'lab.yaml', '--to', 'docker', '--exit-code']);
    expect(named(again.tasks, 'change', 'failed', 'unknown')).toEqual([]);
    expect(again.code).toBe(0);
    const changed = await Promise.all(lab.hosts.map((host) => lab.changedFiles(host)));
    expect(changed.flat().filter((path) => path !== CONTAINERD_DATABASE)).toEqual([]);
  });

  it('runs one stage again', async () => {
    const stage = await provisionJson(lab.folder, ['stage', 'docker', 'lab.yaml', '--yes']);
    expect(new Set(stage.tasks.map(({ stage: name }) => name))).toEqual(new Set(['docker']));
    expect(stage.summary.changed).toBe(0);
  });
});

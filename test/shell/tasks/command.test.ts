import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sh } from '../../../src/shell/script.js';
import { command } from '../../../src/tasks/command.js';
import { SHELLS, testHost } from '../run-task.js';
import { expectCheck, expectLifecycle, ODD_NAME } from './lifecycle.js';

describe.each(SHELLS)('command in $name', (shell) => {
  it('runs the scripts it was given', async () => {
    const host = await testHost();
    const path = join(host.root, ODD_NAME);
    const task = command({
      id: 'c',
      title: 'made',
      check: sh`[ -e ${path} ] || differs ${`no ${path}`}`,
      apply: sh`touch ${path}`,
    });
    expect(await expectLifecycle(shell, host, task)).toBe(`no ${path}\n`);
  });
});

describe('command', () => {
  it('without apply is a proof, with the usual limits unless told otherwise', async () => {
    const output = { name: 'o', read: sh`:`, secret: true };
    const task = command({
      id: 'c',
      title: 't',
      check: sh`pending a`,
      timeout: { check: 5 },
      output,
      secrets: ['s'],
      after: ['a'],
    });
    expect(task).toMatchObject({
      apply: undefined,
      timeout: { check: 5, apply: 120 },
      output,
      secrets: ['s'],
      after: ['a'],
    });
    const [shell] = SHELLS;
    if (shell !== undefined) await expectCheck(shell, await testHost(), task, 0, { pending: ['a'] });
  });
});

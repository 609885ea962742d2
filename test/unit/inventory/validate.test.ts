import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Context, Output } from '../../../src/cli/context.js';
import { runProgram } from '../../../src/cli/program.js';
import { validateCommand } from '../../../src/cli/commands/validate.js';

const cwd = mkdtempSync(join(tmpdir(), 'provision-validate-'));
afterAll(() => rmSync(cwd, { recursive: true }));

describe('provision validate', () => {
  it('prints what it understood', async () => {
    writeFileSync(
      join(cwd, 'good.yaml'),
      'cluster: demo\nhosts: {node1: {address: 10.0.0.11, roles: [docker]}}\n',
    );
    const { context, stdout } = world();
    expect(await runProgram([validateCommand], ['validate', 'good.yaml'], context)).toBe(0);
    expect(stdout()).toMatch(/^node1 {2}10\.0\.0\.11 {2}10\.0\.0\.11 {3}docker$/m);
  });

  it('fails with the report and the exit code for usage', async () => {
    writeFileSync(join(cwd, 'bad.yaml'), 'cluster: demo\nhosts: {node1: {adress: 10.0.0.11}}\n');
    const { context, stdout } = world();
    await expect(runProgram([validateCommand], ['validate', 'bad.yaml'], context)).rejects.toMatchObject({
      code: 'INVENTORY_INVALID',
      exitCode: 2,
      message: expect.stringMatching(
        /bad\.yaml:2:17: hosts\.node1: unknown key "adress"; did you mean address\?/,
      ),
    });
    expect(stdout()).toBe('');
  });
});

const never = async (): Promise<never> => Promise.reject(new Error('nothing is asked here'));

function world(): { context: Context; stdout: () => string } {
  const written: string[] = [];
  const output: Output = {
    write: (text) => void written.push(text),
    isTerminal: false,
    columns: 80,
    rows: 24,
    colour: false,
  };
  const context: Context = {
    cwd,
    env: {},
    stdout: output,
    stderr: { ...output, write: () => undefined },
    stdinIsTerminal: false,
    prompts: { confirm: never, input: never, select: never, checkbox: never, password: never },
    softStop: new AbortController().signal,
    hardStop: new AbortController().signal,
    debug: false,
  };
  return { context, stdout: () => written.join('') };
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { explainCommand } from '../../../src/cli/commands/explain.js';
import type { Context } from '../../../src/cli/context.js';
import { handleError } from '../../../src/cli/handle-error.js';
import { runProgram } from '../../../src/cli/program.js';

async function explain(...words: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'provision-explain-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(
    join(folder, 'kubelet.log'),
    'ordinary\nopen /run/flannel/subnet.env: no such file or directory\nordinary\n',
  );
  let text = '';
  const output = {
    isTerminal: false,
    columns: 100,
    rows: 24,
    colour: false,
    write: (part: string) => (text += part),
  };
  const never = new AbortController().signal;
  const context: Context = {
    cwd: folder,
    env: {},
    stdout: output,
    stderr: output,
    stdinIsTerminal: false,
    prompts: {} as Context['prompts'],
    softStop: never,
    hardStop: never,
    debug: false,
  };
  const code = await runProgram([explainCommand], ['explain', ...words], context).catch((error: unknown) =>
    handleError(error, context),
  );
  return { code, text };
}

describe('provision explain', () => {
  it('tells of a pitfall by its id: what it means, how it is cured, what prevents it', async () => {
    const { code, text } = await explain('flannel-subnet-env');
    expect(code).toBe(0);
    expect(text).toMatch(/^flannel-subnet-env: /);
    expect(text).toContain('provision stage network');
    expect(text).toContain('network-flannel-subnet');
    expect(text).not.toContain('seen:');
  });

  it('knows a line of a log, with or without quotes around it', async () => {
    const line = '"cni0" already has an IP address different from 10.244.1.1/24';
    for (const words of [[line], line.split(' ')]) {
      const { code, text } = await explain(...words);
      expect([code, text.split(':')[0]]).toEqual([0, 'cni-address-conflict']);
      expect(text).toContain(`seen: ${line}`);
    }
  });

  it('reads a file', async () => {
    const { code, text } = await explain('kubelet.log');
    expect([code, text.split(':')[0]]).toEqual([0, 'flannel-subnet-env']);
  });

  it('says that a text shows none', async () => {
    expect(await explain('all is well here')).toEqual({
      code: 1,
      text: 'None of the documented pitfalls is in this text.\n',
    });
  });

  it('names the nearest id for one that it does not know', async () => {
    const { code, text } = await explain('flanel-subnet-env');
    expect(code).toBe(2);
    expect(text).toContain('Did you mean "flannel-subnet-env"?');
  });

  it('names the pitfalls that are about a word', async () => {
    const { code, text } = await explain('Swap');
    expect(code).toBe(2);
    expect(text).toContain('About "Swap": kubelet-swap-on. ');
  });

  it('names no pitfall for a word that none is about', async () => {
    const { text } = await explain('unheard-of-word');
    expect(text).toContain('neither a documented pitfall nor a file.\n  docs/pitfalls.md has them all');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptPath } from '../../../src/lab/paths.js';

const ASKED = {
  oomScoreAdj: -998,
  caps: ['CAP_KILL', 'CAP_SYS_RESOURCE', 'CAP_CHOWN'],
  last: ['CAP_SYS_RESOURCE'],
  one: 500,
};
const GRANTED = { oomScoreAdj: 0, caps: ['CAP_KILL', 'CAP_CHOWN'], last: [], one: 500 };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'provision-lab-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the wrapper; there need be no runc to hand over to. */
async function relieved(
  shell: string,
  words: readonly string[],
  file: string,
  text: string,
): Promise<unknown> {
  await writeFile(join(folder, file), text);
  spawnSync(shell, [scriptPath('guest/runc.sh'), ...words], { cwd: '/' });
  return JSON.parse(await readFile(join(folder, file), 'utf8'));
}

describe.each(['dash', 'bash'])("the lab's runc in %s", (shell) => {
  it('takes what cannot be had out of a new container', async () => {
    const words = ['--root', '/none', 'create', '--bundle', folder, 'id'];
    expect(await relieved(shell, words, 'config.json', JSON.stringify(ASKED))).toEqual(GRANTED);
    expect(await relieved(shell, words, 'config.json', JSON.stringify(ASKED, undefined, 2))).toEqual(GRANTED);
  });

  it('takes it out of a command in a container', async () => {
    const words = ['exec', '--process', join(folder, 'process'), 'id'];
    expect(await relieved(shell, words, 'process', JSON.stringify(ASKED))).toEqual(GRANTED);
  });
});

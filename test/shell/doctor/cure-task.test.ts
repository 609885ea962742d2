import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { curePlaybook } from '../../../src/doctor/cure-playbook.js';
import type { CommandStep, Pitfall } from '../../../src/pitfalls/pitfall.js';
import { sh } from '../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../run-task.js';
import { anInventory } from '../../unit/playbooks/fixtures.js';

const HOST = 'node1';

/** Proposes to remove each file of a folder; one that holds "keep" must stay. */
function stepFor(folder: string): CommandStep {
  return {
    at: 'hosts',
    title: 'remove what is left',
    commands: sh`for file in ${folder}/*; do
  [ -e "$file" ] || continue
  if grep -q keep "$file"; then refuse "$file is in use"; continue; fi
  propose 'a file that nobody uses' "rm $(quoted "$file")"
done`,
  };
}

const pitfall: Pitfall = {
  id: 'some-pitfall',
  stage: 'hosts',
  title: 'Something is left',
  meaning: 'It is so.',
  versions: 'all',
  symptoms: [],
  probe: sh`:`,
  preventedBy: [],
  remedy: { kind: 'automatic', risk: 'None.', steps: ['remove it'] },
  source: 'a test',
};

describe.each(SHELLS)('$name: a command of a cure', (shell) => {
  const setUp = async (content: string) => {
    const folder = await mkdtemp(join(tmpdir(), "cure's "));
    const file = join(folder, 'a file');
    await writeFile(file, content);
    const command = `rm '${file.replaceAll("'", `'\\''`)}'`;
    const proposals = [{ title: 'a file that nobody uses', command }];
    const playbook = curePlaybook(pitfall, stepFor(folder), [{ host: HOST, proposals, refusals: [] }], []);
    const inventory = anInventory();
    const [play] = playbook.plays({ inventory, facts: new Map(), outputs: new Map() });
    const [host] = play?.hosts ?? [];
    if (play === undefined || host === undefined) throw new Error('no play');
    const [task] = play.tasks(host);
    if (task?.apply === undefined) throw new Error('no task');
    return { file, task, apply: task.apply };
  };

  it('is run while the host proposes it, and is then as desired', async () => {
    const { file, task, apply } = await setUp('old');
    const host = await testHost();
    const before = await runScript(shell, host, task.check, { mode: 'look' });
    expect(before.code).toBe(1);
    expect(before.stdout).toContain('to be run: rm ');
    expect((await runScript(shell, host, apply)).code).toBe(0);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    expect((await runScript(shell, host, task.check, { mode: 'look' })).code).toBe(0);
  });

  it('is not run when the host refuses it meanwhile', async () => {
    const { file, task } = await setUp('old');
    await writeFile(file, 'keep');
    const { code } = await runScript(shell, await testHost(), task.check, { mode: 'look' });
    expect(code).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('keep');
  });
});

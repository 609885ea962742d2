import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resetCommand } from '../../../src/cli/commands/reset.js';
import type { Context } from '../../../src/cli/context.js';
import { handleError } from '../../../src/cli/handle-error.js';
import { runProgram } from '../../../src/cli/program.js';
import type { Playbook } from '../../../src/engine/play.js';

vi.mock('../../../playbooks/index.js', () => {
  const stage = (name: string, more: Partial<Playbook>): Playbook => ({
    stage: name,
    title: `the ${name}`,
    needs: [],
    hosts: ({ hosts }) => hosts.filter((host) => host.roles.includes('docker')),
    plays: () => [],
    pitfalls: [],
    ...more,
  });
  const withReset = {
    loses: (_: unknown, hosts: readonly { name: string }[]) => hosts.map(({ name }) => `all of ${name}`),
    plays: () => [],
  };
  return { playbooks: [stage('hosts', {}), stage('ceph', { reset: withReset })] };
});

const INVENTORY = `cluster: office
hosts:
  node1: { address: 10.0.0.11, roles: [docker] }
  node2: { address: 10.0.0.12, roles: [docker] }
  node3: { address: 10.0.0.13 }
`;

interface Told {
  readonly code: number;
  readonly text: string;
  /** What lies beside the inventory: a record or a lock would. */
  readonly left: readonly string[];
}

/** Runs `reset` where no host could be reached; an answer stands for a terminal. */
async function reset(words: readonly string[], answer?: string): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'provision-reset-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'inventory.yaml'), INVENTORY);
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
    stdinIsTerminal: answer !== undefined,
    prompts: { input: async () => answer } as unknown as Context['prompts'],
    softStop: never,
    hardStop: never,
    debug: false,
  };
  const code = await runProgram([resetCommand], ['reset', ...words], context).catch((error: unknown) =>
    handleError(error, context),
  );
  return { code, text, left: readdirSync(folder) };
}

describe('provision reset', () => {
  const nothing = { code: 2, left: ['inventory.yaml'] };

  it('names the hosts and what is lost, and does nothing for another name', async () => {
    for (const typed of ['', 'yes', 'Office', 'ceph']) {
      const told = await reset(['--stage', 'ceph'], typed);
      expect(told).toMatchObject(nothing);
      expect(told.text).toContain('resets the stage ceph on node1, node2 of the cluster "office"');
      expect(told.text).toContain('  - all of node1\n  - all of node2\n');
      expect(told.text).toContain('is not the name of the cluster. Nothing was changed.');
    }
    expect(await reset(['--stage', 'ceph', '--cluster', 'home'])).toMatchObject(nothing);
  });

  it('wants the name without a terminal too; --yes is not enough', async () => {
    for (const words of [[], ['--yes']]) {
      const told = await reset(['--stage', 'ceph', ...words]);
      expect(told).toMatchObject(nothing);
      expect(told.text).toContain('add: --cluster office');
    }
  });

  it('is about the chosen hosts alone, which must be of the stage', async () => {
    const one = await reset(['--stage', 'ceph', '--host', 'node2'], '');
    expect(one.text).toContain('on node2 of');
    expect(one.text).not.toContain('node1');
    const other = await reset(['--stage', 'ceph', '--host', 'node3,node1', '--cluster', 'office']);
    expect(other).toMatchObject(nothing);
    expect(other.text).toContain('node3 does not belong to the stage ceph.');
    expect((await reset(['--stage', 'ceph', '--host', 'node9'])).text).toContain('no host "node9"');
  });

  it('refuses a stage that cannot be reset, and asks for one', async () => {
    for (const [words, text] of [
      [['--stage', 'hosts', '--cluster', 'office'], 'The stage hosts cannot be reset'],
      [['--cluster', 'office'], 'Say which stage'],
      [['--stage', 'cepf'], 'Did you mean "ceph"?'],
    ] as const) {
      const told = await reset(words);
      expect(told).toMatchObject(nothing);
      expect(told.text).toContain(text);
    }
  });
});

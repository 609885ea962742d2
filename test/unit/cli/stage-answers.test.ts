import { describe, expect, it } from 'vitest';
import { StageAnswers } from '../../../src/cli/stage-answers.js';
import type { HostFacts } from '../../../src/engine/facts.js';
import type { Playbook, StageStatus } from '../../../src/engine/play.js';
import { ProvisionError } from '../../../src/errors.js';
import type { Inventory } from '../../../src/inventory/inventory.js';
import { sh } from '../../../src/shell/script.js';
import type { Connection } from '../../../src/ssh/connection.js';

const inventory = { hosts: ['a', 'b', 'c'].map((name) => ({ name })) } as unknown as Inventory;
const facts = { kernel: '6.1' } as HostFacts;
const never = new AbortController().signal;

function stage(name: string, status: StageStatus | undefined, hosts = inventory.hosts): Playbook {
  return { stage: name, title: name, needs: [], hosts: () => hosts, plays: () => [], pitfalls: [], status };
}

function connection(host: string, answer: (script: string) => { code: number; stdout: string }): Connection {
  return {
    host,
    exec: async () => Promise.reject(new Error('not used')),
    execRoot: async (script) => {
      const { code, stdout } = answer(script);
      return { code, stdout: Buffer.from(stdout), stderr: Buffer.alloc(0) };
    },
    close: async () => undefined,
  };
}

const column = {
  title: 'ENGINE',
  script: sh`engine`,
  cell: (printed: string, { kernel }: HostFacts) => `${printed} on ${kernel}`,
};
const cluster = {
  title: 'Store',
  hosts: ({ hosts }: Inventory) => hosts.filter(({ name }) => name !== 'c').toReversed(),
  script: sh`store`,
  lines: (printed: string) => [printed, 'healthy'],
  silence: 'nobody answers',
};

describe('what the stages say of themselves in the status', () => {
  it('is a column of each and the lines of the first host to believe', async () => {
    const books = [stage('one', { column }), stage('none', undefined), stage('two', { cluster })];
    const answers = new StageAnswers(books, inventory);
    const asked: string[] = [];
    for (const host of ['a', 'b', 'c']) {
      const on = connection(host, (script) => {
        asked.push(`${host} ${script}`);
        return { code: 0, stdout: `${script.includes('engine') ? 'v1' : 'from'} ${host}` };
      });
      await answers.ask(on, never);
    }
    expect(answers.titles()).toEqual(['ENGINE']);
    expect(answers.cells('a', facts)).toEqual(['v1 a on 6.1']);
    expect(answers.cells('a', undefined)).toEqual([]);
    expect(answers.clusterLines()).toEqual(['', 'Store:', '  from b', '  healthy']);
    expect(asked.filter((line) => line.includes('store'))).toHaveLength(2);
  });

  it('passes over hosts that cannot tell, and says when nobody can', async () => {
    const answers = new StageAnswers([stage('two', { cluster })], inventory);
    expect(answers.clusterLines()).toEqual(['', 'Store:', '  nobody answers']);
    await answers.ask(
      connection('b', () => ({ code: 1, stdout: 'no' })),
      never,
    );
    expect(answers.clusterLines()).toContain('  nobody answers');
    await answers.ask(
      connection('a', () => ({ code: 0, stdout: 'from a' })),
      never,
    );
    expect(answers.clusterLines()).toContain('  from a');
  });

  it('takes too long an answer for none, and a lost host for lost', async () => {
    const answers = new StageAnswers([stage('two', { cluster })], inventory);
    const failing = (code: string) =>
      connection('b', () => {
        throw new ProvisionError(code, code);
      });
    await answers.ask(failing('EXEC_TIMEOUT'), never);
    await expect(answers.ask(failing('SSH_LOST'), never)).rejects.toMatchObject({ code: 'SSH_LOST' });
  });

  it('leaves out stages that concern no host', () => {
    const answers = new StageAnswers([stage('one', { column, cluster }, [])], inventory);
    expect([answers.titles(), answers.clusterLines()]).toEqual([[], []]);
  });
});

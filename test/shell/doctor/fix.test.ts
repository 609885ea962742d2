import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fix, type FixTools } from '../../../src/doctor/fix.js';
import type { Playbook } from '../../../src/engine/play.js';
import { up } from '../../../src/engine/up.js';
import { ProvisionError } from '../../../src/errors.js';
import type { CureStep, Pitfall } from '../../../src/pitfalls/pitfall.js';
import { rawScript, sh } from '../../../src/shell/script.js';
import { type Cluster, cluster } from '../engine/cluster.js';
import { SHELLS } from '../run-task.js';

/** Where a local host keeps what the pitfall is about. */
const LEFT = sh`left=${rawScript('"${PROVISION_RUN_ROOT%/run}/left"')}`;

/** Files are left; those whose name begins with "live" are in use. */
const removal: CureStep = {
  at: 'hosts',
  title: 'remove what is left',
  commands: sh`${LEFT}
for file in "$left"/*; do
  name=$(basename "$file")
  case $name in
    '*') ;;
    live*) refuse "$name is in use" ;;
    *) propose "remove $name" "rm $(quoted "$file")" ;;
  esac
done`,
};

function pitfallWith(cure: readonly CureStep[] | undefined): Pitfall {
  return {
    id: 'things-left',
    stage: 'hosts',
    title: 'Something is left',
    meaning: 'It is so.',
    versions: 'all',
    symptoms: [],
    probe: sh`${LEFT}
[ -z "$(ls "$left" 2>/dev/null)" ] || { ls "$left"; exit 1; }`,
    preventedBy: [],
    remedy: { kind: 'guided', risk: 'None.', steps: ['remove it'], cure },
    source: 'a test',
  };
}

const stage: Playbook = {
  stage: 'hosts',
  title: 'hosts',
  needs: [],
  hosts: ({ hosts }) => hosts,
  plays: () => [],
  pitfalls: [],
};

describe.each(SHELLS)('$name: a fix', (shell) => {
  const setUp = async (left: Readonly<Record<string, readonly string[]>>) => {
    const hosts = await cluster(shell, Object.keys(left));
    for (const [name, files] of Object.entries(left)) {
      const folder = `${hosts.hosts.get(name)?.base}/left`;
      mkdirSync(folder);
      for (const file of files) writeFileSync(`${folder}/${file}`, '');
    }
    const said: string[] = [];
    const asked: string[] = [];
    const ran: string[] = [];
    const tools: FixTools = {
      request: hosts.request([stage]),
      mask: (text) => text,
      scope: { playbooks: [stage], logs: undefined, env: {} },
      say: (lines) => said.push(...lines),
      agree: async (question) => {
        asked.push(question);
      },
      runStage: async (name) => {
        ran.push(name);
        return 0;
      },
      runCommands: async (playbook, names) =>
        (await up(hosts.request([playbook], { hosts: names }))).exitCode,
      settle: { for: 200, every: 50 },
    };
    return {
      hosts,
      tools,
      said: () => said.join('\n'),
      asked,
      ran,
      left: (name: string) => leftOn(hosts, name),
    };
  };

  it('runs what the hosts propose after asking, as an ordinary run, and looks again', async () => {
    const { tools, said, asked, left, hosts } = await setUp({
      node1: ["it's old"],
      node2: [],
      node3: ['a', 'b'],
    });
    expect(await fix(pitfallWith([removal]), tools)).toBe(0);
    expect(asked).toEqual(['Run 3 commands on node1, node3?']);
    expect(said()).toContain('Step 1 of 1: remove what is left');
    expect(said()).toMatch(/node1: remove it's old\n {4}rm '/);
    expect(said()).toContain('things-left no longer shows.');
    expect([left('node1'), left('node3')]).toEqual([[], []]);
    expect(hosts.statuses()).toEqual([
      'node1 fix-things-left-1 changed',
      'node3 fix-things-left-1 changed',
      'node3 fix-things-left-2 changed',
    ]);
  });

  it('changes nothing when it is not agreed to', async () => {
    const { tools, left, hosts } = await setUp({ node1: ['a'] });
    const agree = async (): Promise<never> => {
      throw new ProvisionError('DECLINED', 'Nothing was changed by this step.');
    };
    await expect(fix(pitfallWith([removal]), { ...tools, agree })).rejects.toThrow('Nothing was changed');
    expect(left('node1')).toEqual(['a']);
    expect(hosts.statuses()).toEqual([]);
  });

  it('says what it refuses and why, does the rest, and tells that it still shows', async () => {
    const { tools, said, left } = await setUp({ node1: ['a', 'live-one'] });
    expect(await fix(pitfallWith([removal]), tools)).toBe(1);
    expect(said()).toContain('node1: not done: live-one is in use');
    expect(said()).toContain('things-left still shows.');
    expect(left('node1')).toEqual(['live-one']);
  });

  it('asks nothing when everything is refused', async () => {
    const { tools, asked, left } = await setUp({ node1: ['live-one'] });
    expect(await fix(pitfallWith([removal]), tools)).toBe(1);
    expect(asked).toEqual([]);
    expect(left('node1')).toEqual(['live-one']);
  });

  it('says that there is nothing to do', async () => {
    const { tools, said, asked } = await setUp({ node1: [] });
    expect(await fix(pitfallWith([removal]), tools)).toBe(0);
    expect(said()).toBe('things-left does not show on these hosts: there is nothing to do.');
    expect(asked).toEqual([]);
  });

  it('leaves to the operator what only the operator can do', async () => {
    const { tools, said, left } = await setUp({ node1: ['a'] });
    expect(await fix(pitfallWith(undefined), tools)).toBe(1);
    expect(said()).toContain('1. remove it');
    expect(said()).toContain('the program does not do it by itself');
    expect(left('node1')).toEqual(['a']);
  });

  it('goes on step by step, and not after one that failed', async () => {
    const { tools, ran, said } = await setUp({ node1: ['a'] });
    const runStage = async (name: string): Promise<number> => {
      ran.push(name);
      return 1;
    };
    expect(await fix(pitfallWith([{ stage: 'docker' }, removal]), { ...tools, runStage })).toBe(1);
    expect(ran).toEqual(['docker']);
    expect(said()).toContain('Step 1 of 2: provision stage docker');
    expect(said()).not.toContain('Step 2');
    expect(await fix(pitfallWith([{ stage: 'docker' }, removal]), tools)).toBe(0);
  });

  it('needs a host that can ask the cluster for a step at the cluster', async () => {
    const { tools, said } = await setUp({ node1: ['a'] });
    const atCluster = pitfallWith([{ ...removal, at: 'cluster' }]);
    expect(await fix(atCluster, tools)).toBe(1);
    expect(said()).toContain('No host of this run can ask the cluster');
  });
});

function leftOn({ hosts }: Cluster, name: string): string[] {
  const folder = `${hosts.get(name)?.base}/left`;
  return existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

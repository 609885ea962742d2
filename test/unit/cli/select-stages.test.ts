import { describe, expect, it } from 'vitest';
import type { Playbook } from '../../../src/engine/play.js';
import { selectStages, type StageSelection } from '../../../src/cli/select-stages.js';

const playbooks = ['hosts', 'docker', 'kubernetes', 'ceph'].map((stage) => ({ stage }) as Playbook);
const all: StageSelection = { only: [], from: undefined, to: undefined, skip: [] };

describe('selecting stages', () => {
  it.each<[Partial<StageSelection>, string[]]>([
    [{}, ['hosts', 'docker', 'kubernetes', 'ceph']],
    [{ only: ['ceph', 'docker'] }, ['docker', 'ceph']],
    [{ from: 'docker' }, ['docker', 'kubernetes', 'ceph']],
    [{ to: 'docker' }, ['hosts', 'docker']],
    [{ from: 'docker', to: 'kubernetes', skip: ['docker'] }, ['kubernetes']],
  ])('%j gives %j', (selection, expected) => {
    expect(selectStages(playbooks, { ...all, ...selection }).map(({ stage }) => stage)).toEqual(expected);
  });

  it('names the nearest stage for a misspelt one', () => {
    expect(() => selectStages(playbooks, { ...all, only: ['dokcer'] })).toThrow(
      expect.objectContaining({
        code: 'STAGE_UNKNOWN',
        exitCode: 2,
        hint: expect.stringContaining('"docker"') as string,
      }) as Error,
    );
  });

  it('refuses choices that leave nothing', () => {
    expect(() => selectStages(playbooks, { ...all, from: 'ceph', to: 'hosts' })).toThrow('leave no stage');
  });
});

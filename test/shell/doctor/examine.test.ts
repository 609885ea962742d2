import { describe, expect, it } from 'vitest';
import { examination, parseAnswers } from '../../../src/doctor/examine.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import { rawScript, type Script, sh } from '../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../run-task.js';

function pitfall(id: string, probe: Script): Pitfall {
  const remedy = { kind: 'manual', risk: 'None.', steps: ['mend it'] } as const;
  return {
    id,
    stage: 'hosts',
    title: id,
    meaning: 'It is so.',
    symptoms: [],
    probe,
    preventedBy: [],
    remedy,
    source: 'a test',
  };
}

describe.each(SHELLS)('$name: the examination of a host', (shell) => {
  it('asks each probe by itself: what one sets, or how it ends, concerns no other', async () => {
    const program = examination(
      [
        pitfall('well', sh`set_by=one; exit 0`),
        pitfall('found', sh`differs ${"it's broken: $HOME |x"}; exit 1`),
        pitfall('broken', sh`echo "$set_by"`),
        pitfall('last', sh`:`),
      ],
      1,
    );
    const { stdout } = await runScript(shell, await testHost(), rawScript(program));
    const probes = parseAnswers(stdout).filter(({ kind }) => kind === 'probe');
    expect(probes.map(({ name, code }) => [name, code])).toEqual([
      ['well', 0],
      ['found', 1],
      ['broken', expect.any(Number)],
      ['last', 0],
    ]);
    expect(probes[1]?.lines).toEqual(["it's broken: $HOME |x"]);
    expect(probes[2]?.code).toBeGreaterThan(1);
  });
});

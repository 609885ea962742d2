import { describe, expect, it } from 'vitest';
import { examination, parseAnswers, type Question } from '../../../src/doctor/examine.js';
import { readProposals } from '../../../src/doctor/prescription.js';
import { rawScript, type Script, sh } from '../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../run-task.js';

const probe = (name: string, script: Script): Question => ({ kind: 'probe', name, script });

describe.each(SHELLS)('$name: the examination of a host', (shell) => {
  it('asks each probe by itself: what one sets, or how it ends, concerns no other', async () => {
    const program = examination(
      [
        probe('well', sh`set_by=one; exit 0`),
        probe('found', sh`differs ${"it's broken: $HOME |x"}; exit 1`),
        probe('broken', sh`echo "$set_by"`),
        probe('last', sh`:`),
      ],
      { logs: 1 },
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

  it('gives a script its words, whatever is in them', async () => {
    const words = ['a b', "it's", '$HOME', ''];
    const script = sh`for word in "$@"; do propose 'say it' "echo $(quoted "$word")"; done
refuse "$# words"`;
    const program = examination([{ kind: 'cure', name: 'some', script, words }]);
    const { stdout } = await runScript(shell, await testHost(), rawScript(program));
    const [answer] = parseAnswers(stdout);
    const { proposals, refusals } = readProposals(answer);
    expect(refusals).toEqual(['4 words']);
    const commands = proposals.map(({ command }) => command).join('\n');
    const said = await runScript(shell, await testHost(), rawScript(commands));
    expect(said.stdout).toBe("a b\nit's\n$HOME\n\n");
  });
});

import { readFileSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examination, parseAnswers, type Question } from '../../../src/doctor/examine.js';
import { readProposals } from '../../../src/doctor/prescription.js';
import { lines, rawScript, type Script, sh, sharing } from '../../../src/shell/script.js';
import { runScript, SHELLS, testHost } from '../run-task.js';

const EXAMINE = rawScript(readFileSync(new URL('../../../src/doctor/examine.sh', import.meta.url), 'utf8'));

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

  it('reads of logs what went wrong, each kind once, under the name of its file', async () => {
    const host = await testHost();
    await writeFile(
      join(host.root, 'one.log'),
      'all is well\nit failed 1 times\nit failed 22 times\nE1227 odd words\n| a bar: error!\n{"log":"all is well\\n","stream":"stderr"}\n',
    );
    await writeFile(join(host.root, "it's two.log"), 'permission denied\n');
    await writeFile(join(host.root, 'well.log'), 'all is well\n');
    await writeFile(join(host.root, 'empty.log'), '');
    await writeFile(join(host.root, 'not-a-log'), 'it failed\n');
    const old = join(host.root, 'old.log');
    await writeFile(old, 'it failed\n');
    await utimes(old, 1, 1);
    const { stdout } = await runScript(
      shell,
      host,
      lines(EXAMINE, sh`file_logs ${host.root} 1 500 | notable`),
    );
    const logs = parseAnswers(stdout).map(({ kind, name, lines: told }) => [kind, basename(name), told]);
    expect(logs.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      ['log', "it's two.log", ['permission denied']],
      ['log', 'one.log', ['it failed 1 times', 'E1227 odd words', '| a bar: error!']],
      ['log', 'well.log', []],
    ]);
  });

  it('asks once for what several questions need, and each asks itself where that fails', async () => {
    const host = await testHost();
    const asked = join(host.root, 'asked');
    const share = (variable: string, text: string, code: number) => ({
      variable,
      script: sh`echo ${variable} >>${asked}; printf '%s\n' ${text}; exit ${code}`,
    });
    const [many, none] = [share('MANY', "it's\n$HOME", 0), share('NONE', 'x', 1)];
    const question = (name: string) =>
      probe(
        name,
        sharing(sharing(sh`echo "$MANY, $(set | grep -c ^NONE=)"; MANY=${name}; exit 1`, many), none),
      );
    const program = examination([question('one'), question('other')]);
    const { stdout } = await runScript(shell, host, rawScript(program));
    const answers = parseAnswers(stdout).map(({ name, lines: told }) => [name, told]);
    const told = ["it's", '$HOME, 0'];
    expect(answers).toEqual([
      ['one', told],
      ['other', told],
    ]);
    expect(await readFile(asked, 'utf8')).toBe('MANY\nNONE\n');
  });

  it('lets nobody wait for what only later questions need', async () => {
    const asked = join((await testHost()).root, 'asked');
    const share = { variable: 'LATER', script: sh`echo x >>${asked}` };
    const program = examination([
      probe('first', sh`cat ${asked} 2>/dev/null`),
      probe('later', sharing(sh`cat ${asked}`, share)),
    ]);
    const { stdout } = await runScript(shell, await testHost(), rawScript(program));
    expect(parseAnswers(stdout).map(({ lines: told }) => told)).toEqual([[], ['x']]);
  });

  it('reads the log of a cluster, each kind once, by a script with the functions of tasks', async () => {
    const script = sh`if have sh; then printf 'it failed %s times\nall is well\n' 1 2; fi`;
    const program = examination([], { clusters: [{ name: "a cluster's log", script }] });
    const { stdout } = await runScript(shell, await testHost(), rawScript(program));
    expect(parseAnswers(stdout)).toEqual([
      { kind: 'log', name: "a cluster's log", lines: ['it failed 1 times'], code: 0 },
    ]);
  });

  it('asks the rest when one hangs or ends them all, and says how that one ended', async () => {
    const program = examination([
      probe('first', sh`echo one; exit 1`),
      probe('kills', sh`echo two; kill -9 $$; sleep 1`),
      probe('hangs', sh`echo three; sleep 3`),
      probe('last', sh`echo four; exit 1`),
    ]).replaceAll('PATIENCE=60', 'PATIENCE=1');
    const { stdout } = await runScript(shell, await testHost(), rawScript(program));
    const answers = parseAnswers(stdout);
    expect(answers.map(({ name, lines: told }) => [name, told])).toEqual([
      ['first', ['one']],
      ['kills', []],
      ['hangs', []],
      ['last', ['four']],
    ]);
    const [first = -1, kills = -1, hangs = -1, last = -1] = answers.map(({ code }) => code);
    expect([first, last]).toEqual([1, 1]);
    expect(Math.min(kills, hangs)).toBeGreaterThan(100);
  });

  it('sends once what several scripts have in common', () => {
    const common = rawScript(`common() { echo ${'x'.repeat(1000)}; }`);
    const one = examination([probe('one', lines(common, sh`common`))]).length;
    const two = examination([
      probe('one', lines(common, sh`common`)),
      probe(
        'two',
        sh`${common}
common 'more'`,
      ),
    ]).length;
    expect(two - one).toBeLessThan(500);
  });
});

import { readFileSync } from 'node:fs';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examination, parseAnswers, type Question } from '../../../src/doctor/examine.js';
import { readProposals } from '../../../src/doctor/prescription.js';
import { lines, rawScript, type Script, sh } from '../../../src/shell/script.js';
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
      'all is well\nit failed 1 times\nit failed 22 times\nE1227 odd words\n| a bar: error!\n',
    );
    await writeFile(join(host.root, "it's two.log"), 'permission denied\n');
    await writeFile(join(host.root, 'well.log'), 'all is well\n');
    await writeFile(join(host.root, 'empty.log'), '');
    await writeFile(join(host.root, 'not-a-log'), 'it failed\n');
    const old = join(host.root, 'old.log');
    await writeFile(old, 'it failed\n');
    await utimes(old, 1, 1);
    const { stdout } = await runScript(shell, host, lines(EXAMINE, sh`file_logs ${host.root} 1 500`));
    const logs = parseAnswers(stdout).map(({ kind, name, lines: told }) => [kind, basename(name), told]);
    expect(logs.toSorted((one, other) => String(one).localeCompare(String(other)))).toEqual([
      ['log', "it's two.log", ['permission denied']],
      ['log', 'one.log', ['it failed 1 times', 'E1227 odd words', '| a bar: error!']],
      ['log', 'well.log', []],
    ]);
  });

  it('asks once for the images of all pods, and tells every probe', async () => {
    const host = await testHost();
    const programs = join(host.root, 'programs');
    await mkdir(programs);
    const asked = join(host.root, 'asked');
    await writeFile(
      join(programs, 'kubectl'),
      `#!/bin/sh\nprintf '%s\\n' "$*" >>${asked}\ncase $* in\n*--raw*) echo '{"image": "a:1", "image":"b:2","image": "a:1"}' ;;\n*) echo 'Pod x/y: Failed: it failed' ;;\nesac\n`,
      { mode: 0o755 },
    );
    const questions = [probe('one', sh`echo "$IMAGES"; exit 1`), probe('other', sh`echo "$IMAGES"; exit 1`)];
    const program = examination(questions, { events: true });
    const { stdout } = await runScript(shell, host, lines(sh`PATH=${programs}:$PATH`, rawScript(program)));
    const answers = parseAnswers(stdout).map(({ name, lines: told }) => [name, told]);
    const images = ['"image": "a:1"', '"image":"b:2"'];
    expect(answers).toEqual([
      ['one', images],
      ['other', images],
      ['events of Kubernetes', ['Pod x/y: Failed: it failed']],
    ]);
    expect((await readFile(asked, 'utf8')).trim().split('\n')).toHaveLength(2);
  });
});

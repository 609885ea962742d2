import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import type { Task } from '../../../src/engine/task.js';
import { LIBRARY } from '../../../src/tasks/library.js';
import { SHELLS } from '../../shell/run-task.js';
import { HAS_SHELLCHECK } from '../../support/programs.js';

/** A script of a task or probe. */
export interface NamedScript {
  readonly name: string;
  readonly source: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The files of functions that scripts are put together with. */
export const FUNCTIONS = ['playbooks', 'src/tasks', 'src/doctor'].flatMap((part) =>
  readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(root, part, name)),
);

/** What constants and unused functions of a library give rise to is no mistake in a script that was put together. */
const EXCLUDED =
  'SC2034,SC2050,SC2194,SC2317,SC2329,SC2015,SC2016,SC2043,SC2086,SC1091,SC2154,SC2218,SC2120,SC2119';
const WORDS = ['--shell=sh', '--severity=warning', `--exclude=${EXCLUDED}`, '--format=gcc'];

/** Scripts of one shape differ in quoted values and numbers alone. */
export function shapeOf(source: string): string {
  return source.replace(/'[^']*'/g, "''").replace(/\d+(\.\d+)*/g, '0');
}

/** What is left of scripts without the functions, which are checked once and not with every script that calls them; each shape once. */
function withoutFunctions(scripts: readonly NamedScript[]): readonly NamedScript[] {
  const texts = FUNCTIONS.map((file) => readFileSync(file, 'utf8').trimEnd());
  const own = scripts.map(({ name, source }) => ({
    name,
    source: texts.reduce((rest, text) => rest.replaceAll(text, ':'), source),
  }));
  return [...new Map(own.map((script) => [shapeOf(script.source), script])).values()];
}

/** Files for scripts, until the tests of the calling file have ended. */
export function scriptFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'provision-scripts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const write = ({ name, source }: NamedScript): string => {
    const file = join(folder, `${name}.sh`);
    writeFileSync(file, `#!/bin/sh\nset -u\nMODE=look SECRETS=/s STATE=/t RUN_ID=r PENDING=\n${source}\n`);
    return file;
  };
  return {
    /** The scripts without the functions that they call. @returns the files */
    own: (scripts: readonly NamedScript[]): readonly string[] =>
      withoutFunctions(scripts).map(({ name, source }, index) =>
        write({ name: `own-${index}-${name}`, source: `(\n${source}\n)` }),
      ),
    /** As the engine puts them together. @returns the files */
    whole: (scripts: readonly NamedScript[]): readonly string[] =>
      scripts.map(({ name, source }, index) =>
        write({ name: `${index}-${name}`, source: `${LIBRARY}\n(\n${source}\n)` }),
      ),
  };
}

/** The shells of hosts, as far as this machine has them, read each of the files without a word. */
export function expectRead(files: readonly string[]): void {
  for (const { command } of SHELLS) {
    const [program = '', ...args] = command;
    for (const file of files) {
      const { status, stderr } = spawnSync(program, [...args, '-n', file], { encoding: 'utf8' });
      expect([file, status, stderr]).toEqual([file, 0, '']);
    }
  }
}

/** The scripts of these tasks, as the engine puts them together, are read by the shells of hosts, and shellcheck finds nothing. */
export function itIsMadeOfScripts(tasks: () => readonly Task[]): void {
  const files = scriptFolder();
  const scripts = (): readonly NamedScript[] =>
    tasks().flatMap(({ id, check, apply }) => [
      { name: `${id}.check`, source: check.source },
      ...(apply === undefined ? [] : [{ name: `${id}.apply`, source: apply.source }]),
    ]);

  it('is made of scripts that the shells of hosts read', () => {
    expect(scripts().length).toBeGreaterThan(5);
    expectRead(files.whole(scripts()));
  }, 60_000);

  // The functions are checked in scripts.test.ts.
  it.skipIf(!HAS_SHELLCHECK)(
    'is made of scripts in which shellcheck finds nothing',
    async () => {
      expect(await shellcheckSays(files.own(scripts()))).toBe('');
    },
    60_000,
  );
}

/** What shellcheck says of them, as many at once as this machine can. */
export async function shellcheckSays(files: readonly string[]): Promise<string> {
  const told = await Promise.all(shares(files, availableParallelism()).map(checked));
  return told.join('');
}

function shares(all: readonly string[], count: number): string[][] {
  const parts = Array.from({ length: count }, (_, part) => all.filter((__, index) => index % count === part));
  return parts.filter((part) => part.length > 0);
}

/** shellcheck ends badly when it has found something; when it says nothing, it did not run. */
function checked(files: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('shellcheck', [...WORDS, ...files], { maxBuffer: 1 << 26 }, (error, stdout) => {
      if (error !== null && stdout === '') reject(error);
      else resolve(stdout);
    });
  });
}

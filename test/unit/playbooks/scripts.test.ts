import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { playbooks } from '../../../playbooks/index.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import type { Script } from '../../../src/shell/script.js';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { LIBRARY } from '../../../src/tasks/library.js';
import { everyVariant, playsOn } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface FoundScript {
  /** The id under which it was found first. */
  readonly name: string;
  readonly source: string;
}

/** Scripts of one shape differ in quoted values and numbers alone. */
function shapeOf(source: string): string {
  return source.replace(/'[^']*'/g, "''").replace(/\d+(\.\d+)*/g, '0');
}

/** What doctor asks, and what proposes the commands of a cure. */
function scriptsOf({ id, probe, clusterProbe, remedy }: Pitfall): [string, Script | undefined][] {
  const [inventory] = everyVariant()[0] ?? [];
  const [host] = inventory?.hosts ?? [];
  if (inventory === undefined || host === undefined) throw new Error('no variant');
  const ofHost = typeof probe === 'function' ? probe(inventory, host) : probe;
  const cures = (remedy.cure ?? []).flatMap((step) => ('commands' in step ? [step.commands] : []));
  return [
    [`${id}.probe`, ofHost],
    [`${id}.cluster-probe`, clusterProbe?.script],
    ...cures.map((script, index): [string, Script] => [`${id}.cure-${index + 1}`, script]),
  ];
}

/** Every script of every variant; of those that differ in quoted values alone, the first. */
function everyScript(): readonly FoundScript[] {
  const scripts = new Map<string, FoundScript>();
  const add = (name: string, script: Script | undefined): void => {
    if (script === undefined) return;
    const shape = shapeOf(script.source);
    if (!scripts.has(shape)) scripts.set(shape, { name, source: script.source });
  };
  for (const [inventory, facts] of everyVariant()) {
    for (const playbook of playbooks) {
      const plays = ['node1', 'node2'].flatMap((host) => playsOn(playbook, inventory, host, facts));
      for (const { tasks } of plays) {
        for (const { id, check, apply, output } of tasks) {
          add(`${id}.check`, check);
          add(`${id}.apply`, apply);
          add(`${id}.output`, output?.read);
        }
      }
    }
  }
  for (const pitfall of catalogue) for (const [name, script] of scriptsOf(pitfall)) add(name, script);
  return [...scripts.values()];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The files of functions that scripts are put together with. */
const functions = ['playbooks', 'src/tasks', 'src/doctor'].flatMap((part) =>
  readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(root, part, name)),
);

const scripts = everyScript();
const whole = scripts.map(({ name, source }, index) =>
  write(`${index}-${name}.sh`, `${LIBRARY}\n(\n${source}\n)`),
);

/** What is left of a script without the functions, which are checked once and not with every script that calls them. */
function written(): readonly string[] {
  const texts = functions.map((file) => readFileSync(file, 'utf8').trimEnd());
  const own = scripts.map(({ name, source }) => ({
    name,
    source: texts.reduce((rest, text) => rest.replaceAll(text, ':'), source),
  }));
  const different = [...new Map(own.map((script) => [shapeOf(script.source), script])).values()];
  return different.map(({ name, source }, index) => write(`own-${index}-${name}.sh`, `(\n${source}\n)`));
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\nset -u\nMODE=look SECRETS=/s STATE=/t RUN_ID=r PENDING=\n${text}\n`);
  return file;
}

describe('the scripts of all tasks and probes', () => {
  it('are read by the shells of hosts', () => {
    expect(whole.length).toBeGreaterThan(150);
    for (const shell of [['dash'], ['bash'], ['busybox', 'ash']]) {
      const [command = '', ...args] = shell;
      for (const file of whole) {
        const { status, stderr } = spawnSync(command, [...args, '-n', file], { encoding: 'utf8' });
        expect([file, status, stderr]).toEqual([file, 0, '']);
      }
    }
    // Hundreds of files by three shells: seconds on a quiet machine.
  }, 180_000);

  it('pass shellcheck', async () => {
    // What constants and unused functions of a library give rise to is no mistake in a script that was put together.
    const excluded =
      'SC2034,SC2050,SC2194,SC2317,SC2329,SC2015,SC2016,SC2043,SC2086,SC1091,SC2154,SC2218,SC2120,SC2119';
    const words = ['--shell=sh', '--severity=warning', `--exclude=${excluded}`, '--format=gcc'];
    const files = [...functions, ...written()];
    expect(functions.length).toBeGreaterThan(60);
    const told = await Promise.all(
      shares(files, availableParallelism()).map((share) => printed('shellcheck', [...words, ...share])),
    );
    expect(told.join('')).toBe('');
  }, 180_000);
});

/** The files in as many shares as can be worked on at once. */
function shares(all: readonly string[], count: number): string[][] {
  const parts = Array.from({ length: count }, (_, part) => all.filter((__, index) => index % count === part));
  return parts.filter((part) => part.length > 0);
}

/** What a program prints, whatever it finds; nothing when it found nothing. */
function printed(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { maxBuffer: 1 << 26 }, (error, stdout) => {
      if (error !== null && stdout === '') reject(error);
      else resolve(stdout);
    });
  });
}

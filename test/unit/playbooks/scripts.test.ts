import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { playbooks } from '../../../playbooks/index.js';
import type { Script } from '../../../src/shell/script.js';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { LIBRARY } from '../../../src/tasks/library.js';
import { everyVariant, playsOn } from './fixtures.js';

const folder = mkdtempSync(join(tmpdir(), 'provision-scripts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every different script of every variant, with the ids under which it was found. */
function everyScript(): ReadonlyMap<string, string> {
  const scripts = new Map<string, string>();
  const add = (name: string, script: Script | undefined): void => {
    if (script !== undefined && !scripts.has(script.source)) scripts.set(script.source, name);
  };
  for (const [inventory, facts] of everyVariant()) {
    for (const playbook of playbooks) {
      for (const { tasks } of playsOn(playbook, inventory, 'node2', facts)) {
        for (const { id, check, apply, output } of tasks) {
          add(`${id}.check`, check);
          add(`${id}.apply`, apply);
          add(`${id}.output`, output?.read);
        }
      }
    }
  }
  for (const { id, probe } of catalogue) add(`${id}.probe`, probe);
  return scripts;
}

const files = [...everyScript()].map(([source, name], index) => {
  const file = join(folder, `${index}-${name}.sh`);
  writeFileSync(
    file,
    `#!/bin/sh\nset -u\nMODE=look SECRETS=/s STATE=/t RUN_ID=r PENDING=\n${LIBRARY}\n(\n${source}\n)\n`,
  );
  return file;
});

describe('the scripts of all tasks and probes', () => {
  it('are read by the shells of hosts', () => {
    expect(files.length).toBeGreaterThan(60);
    for (const shell of [['dash'], ['bash'], ['busybox', 'ash']]) {
      const [command = '', ...args] = shell;
      for (const file of files) {
        const { status, stderr } = spawnSync(command, [...args, '-n', file], { encoding: 'utf8' });
        expect([file, status, stderr]).toEqual([file, 0, '']);
      }
    }
  });

  it('pass shellcheck', async () => {
    // What constants and unused functions of a library give rise to is no mistake in a script that was put together.
    const excluded =
      'SC2034,SC2050,SC2194,SC2317,SC2329,SC2015,SC2016,SC2043,SC2086,SC1091,SC2154,SC2218,SC2120,SC2119';
    const words = ['--shell=sh', '--severity=warning', `--exclude=${excluded}`, '--format=gcc'];
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

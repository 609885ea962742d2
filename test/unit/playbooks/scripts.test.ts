import { describe, expect, it } from 'vitest';
import { playbooks } from '../../../playbooks/index.js';
import type { Pitfall } from '../../../src/pitfalls/pitfall.js';
import type { Script } from '../../../src/shell/script.js';
import { catalogue } from '../../../src/pitfalls/catalogue.js';
import { HAS_SHELLCHECK } from '../../support/programs.js';
import {
  expectRead,
  FUNCTIONS,
  type NamedScript,
  scriptFolder,
  shapeOf,
  shellcheckSays,
} from './assembled.js';
import { everyVariant, playsOn } from './fixtures.js';

const files = scriptFolder();

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
function everyScript(): readonly NamedScript[] {
  const scripts = new Map<string, NamedScript>();
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

const scripts = everyScript();

describe('the scripts of all tasks and probes', () => {
  it('are read by the shells of hosts', () => {
    expect(scripts.length).toBeGreaterThan(150);
    expectRead(files.whole(scripts));
    // Hundreds of files by three shells: seconds on a quiet machine.
  }, 180_000);

  it.skipIf(!HAS_SHELLCHECK)(
    'pass shellcheck',
    async () => {
      expect(FUNCTIONS.length).toBeGreaterThan(60);
      expect(await shellcheckSays([...FUNCTIONS, ...files.own(scripts)])).toBe('');
    },
    180_000,
  );
});

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pitfalls } from '../../../../../playbooks/ceph/pitfalls.js';
import type { Script } from '../../../../../src/shell/script.js';
import { aCephInventory } from '../../../../unit/playbooks/fixtures.js';
import { SHELLS } from '../../../run-task.js';
import { standIns } from './stand-ins.js';

const CEPH = ['/usr/bin/ceph', '/etc/ceph/ceph.conf', '/var/lib/ceph', '/var/local/osd0'];

/** What is asked of the first host of an inventory, and what would be done there. */
function scripts(): readonly (readonly [string, Script])[] {
  const inventory = aCephInventory();
  const [host] = inventory.hosts;
  if (host === undefined) throw new Error('no host');
  return pitfalls.flatMap(({ id, probe, remedy }) => {
    const ofHost = typeof probe === 'function' ? probe(inventory, host) : probe;
    const cures = (remedy.cure ?? []).flatMap((step) =>
      'commands' in step && step.at === 'hosts' ? [step.commands] : [],
    );
    return [...(ofHost === undefined ? [] : [ofHost]), ...cures].map((script) => [id, script] as const);
  });
}

// This machine is the host.
describe.skipIf(CEPH.some((path) => existsSync(path)))('a host without Ceph, as a reset leaves it', () => {
  it.each(SHELLS)('$name: is well, and there is nothing to be done', async (shell) => {
    const { run } = await standIns();
    const all = scripts();
    expect(all.length).toBeGreaterThan(15);
    for (const [id, script] of all) {
      expect([id, await run(shell, [], script)]).toEqual([id, { code: 0, stdout: '', stderr: '' }]);
    }
  });
});

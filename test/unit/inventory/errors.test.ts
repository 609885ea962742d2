import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProvisionError } from '../../../src/errors.js';
import { loadInventory } from '../../../src/inventory/load.js';

const folder = new URL('./cases/', import.meta.url);
const env = { SSH_PASSWORD: 'from-outside', EMPTY: '', ADDRESS: 'outside-value', USER: 'operator' };
const secretFiles = new Map([
  ['lines.txt', Buffer.from('first line\nsecond line\n')],
  ['binary.bin', Buffer.from([0xff, 0xfe, 0xfd])],
]);

/** Each case is a pair of files: NAME.inventory, and NAME.txt with the report that it gives. */
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.inventory'))
  .map((name) => name.replace(/\.inventory$/, ''));

describe('what is said about a wrong inventory', () => {
  it.each(names)('%s', async (name) => {
    const error = await failure(name);
    expect(error.code).toBe('INVENTORY_INVALID');
    expect(error.exitCode).toBe(2);
    const report = error.message.replaceAll(process.cwd(), '/here');
    await expect(`${report}\n`).toMatchFileSnapshot(`./cases/${name}.txt`);
  });

  it.each(names)('%s: each problem names a line and a column that exist', async (name) => {
    const lines = readFileSync(new URL(`${name}.inventory`, folder), 'utf8').split('\n');
    const places = [...(await failure(name)).message.matchAll(/^inventory\.yaml:(\d+):(\d+): /gm)];
    expect(places.length).toBeGreaterThan(0);
    for (const [, line, column] of places) {
      expect(Number(column)).toBeLessThanOrEqual((lines[Number(line) - 1] ?? '').length + 1);
    }
  });

  it('never shows a secret', async () => {
    const { message } = await failure('secrets-are-not-shown');
    expect(message).not.toMatch(/hunter/);
    expect((await failure('substitution')).message).not.toMatch(/from-outside|outside-value|second line/);
  });
});

async function failure(name: string): Promise<ProvisionError> {
  const loading = loadInventory('inventory.yaml', {
    env,
    readFile: (path) => {
      if (path === 'inventory.yaml') return readFileSync(new URL(`${name}.inventory`, folder));
      const file = secretFiles.get(path.replace(/.*\//, ''));
      if (file !== undefined) return file;
      return readFileSync(path);
    },
  });
  const error: unknown = await loading.then(
    () => new Error('the inventory was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof ProvisionError) return error;
  throw error;
}

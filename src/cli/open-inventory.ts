import { resolve } from 'node:path';
import { ExitCode, ProvisionError } from '../errors.js';
import type { Inventory } from '../inventory/inventory.js';
import { nearestWord } from '../inventory/nearest.js';
import type { Arguments } from './command.js';
import type { Context } from './context.js';

/** The inventory that the command names. */
export async function openInventory(args: Arguments, context: Context): Promise<Inventory> {
  const { loadInventory } = await import('../inventory/load.js');
  const path = resolve(context.cwd, args.text('inventory') ?? 'inventory.yaml');
  return loadInventory(path, { env: context.env });
}

/**
 * Host names as the operator gave them.
 * @throws ProvisionError HOST_UNKNOWN with the nearest name.
 */
export function checkedHosts(inventory: Inventory, names: readonly string[]): readonly string[] {
  const known = inventory.hosts.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    const suggestion = nearestWord(name, known);
    throw new ProvisionError('HOST_UNKNOWN', `The inventory has no host "${name}".`, {
      exitCode: ExitCode.usage,
      hint:
        suggestion === undefined ? `Its hosts are: ${known.join(', ')}.` : `Did you mean "${suggestion}"?`,
    });
  }
  return names;
}

/** @throws ProvisionError USAGE for anything but a whole number from 1 on. */
export function forksOf(args: Arguments): number {
  const text = args.text('forks') ?? '50';
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new ProvisionError('USAGE', `--forks takes a whole number from 1 on, not "${text}".`, {
    exitCode: ExitCode.usage,
  });
}

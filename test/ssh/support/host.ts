import { expect } from 'vitest';
import { ProvisionError } from '../../../src/errors.js';
import type { Host, SshSettings } from '../../../src/inventory/inventory.js';
import { inventoryHost } from '../../support/inventory-host.js';

/** A host of the inventory at a local port. */
export function hostAt(port: number, ssh: Partial<SshSettings> = {}): Host {
  return inventoryHost('node1', '127.0.0.1', { ssh: { port, user: 'root', ...ssh } });
}

/** The error that an operator would be shown; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<ProvisionError> {
  try {
    await promise;
  } catch (error) {
    expect(error).toBeInstanceOf(ProvisionError);
    if (error instanceof ProvisionError) return error;
  }
  throw new Error('it did not fail');
}

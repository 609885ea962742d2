import { createHash } from 'node:crypto';
import { type Script, sh } from '../src/shell/script.js';

/** A short hash of what a proof rests on, as far as the inventory says it. */
export function keyHash(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
}

/** Sets $KEY to that hash. */
export function keyOf(what: unknown): Script {
  return sh`KEY=${keyHash(what)}`;
}

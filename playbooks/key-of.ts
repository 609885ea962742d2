import { createHash } from 'node:crypto';
import { type Script, sh } from '../src/shell/script.js';

/** Sets $KEY to a short hash of what a proof rests on, as far as the inventory says it. */
export function keyOf(what: unknown): Script {
  return sh`KEY=${createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16)}`;
}

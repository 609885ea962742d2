import { createHash } from 'node:crypto';
import { keyType } from './known-hosts.js';

/** `SHA256:…` of a public key in wire format, as ssh-keygen -l prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

const SHORT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^ssh-ed25519/, 'ED25519'],
  [/^ecdsa-sha2/, 'ECDSA'],
  [/^ssh-rsa/, 'RSA'],
  [/^ssh-dss/, 'DSA'],
];

/** ED25519, ECDSA, RSA: the names that ssh uses when it talks to people. */
export function keyTypeName(key: Buffer): string {
  const type = keyType(key) ?? '';
  return SHORT_NAMES.find(([pattern]) => pattern.test(type))?.[1] ?? type;
}

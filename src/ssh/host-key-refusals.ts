import { ExitCode, ProvisionError } from '../errors.js';
import { quote } from '../shell/quote.js';
import { place } from './failures.js';
import { fingerprint, keyTypeName } from './fingerprint.js';
import { knownHostName } from './known-hosts.js';
import type { Target } from './target.js';

/** SSH_HOST_KEY_UNKNOWN: nothing is known of the host, and nobody said that its key may be trusted. */
export function notKnown(target: Target, key: Buffer): ProvisionError {
  return refusal(
    target,
    'SSH_HOST_KEY_UNKNOWN',
    `its ${shown(key)} is not in ${target.knownHostsFiles[0] ?? 'known_hosts'}`,
    `Compare the fingerprint with the host's own (on its console: ssh-keygen -lf /etc/ssh/ssh_host_${keyTypeName(key).toLowerCase()}_key.pub); then run again on a terminal and say yes, or with --accept-new-host-keys, or set hostKey of ${target.host} in the inventory.`,
  );
}

/** SSH_HOST_KEY_CHANGED: another key is known. */
export function changed(target: Target, key: Buffer): ProvisionError {
  const name = knownHostName(target.knownAs);
  const file = target.knownHostsFiles[0] ?? 'known_hosts';
  return refusal(
    target,
    'SSH_HOST_KEY_CHANGED',
    `its ${shown(key)} is not the one in known_hosts; the machine was reinstalled, or somebody is in between`,
    `If you know that the host was reinstalled, remove the old key with: ssh-keygen -f ${quote(file)} -R ${quote(name)}`,
  );
}

/** SSH_HOST_KEY_CHANGED: the inventory names another fingerprint. */
export function notPinned(target: Target, key: Buffer): ProvisionError {
  return refusal(
    target,
    'SSH_HOST_KEY_CHANGED',
    `its ${shown(key)} is not ${target.pinnedKey ?? ''}, the hostKey of the inventory`,
    `If the host was reinstalled, put the new fingerprint into hostKey of ${target.host} after comparing it on the host's console.`,
  );
}

/** SSH_HOST_KEY_REVOKED: known_hosts forbids this key. */
export function revoked(target: Target, key: Buffer): ProvisionError {
  return refusal(
    target,
    'SSH_HOST_KEY_REVOKED',
    `its ${shown(key)} is marked @revoked in known_hosts`,
    'The key must not be used any more: give the host a new one (ssh-keygen -A after removing the old files).',
  );
}

/** SSH_HOST_KEY_UNKNOWN: known only by a certificate authority, which ssh2 cannot check. */
export function authorityOnly(target: Target, key: Buffer): ProvisionError {
  return refusal(
    target,
    'SSH_HOST_KEY_UNKNOWN',
    `known_hosts has only a @cert-authority for it, and its ${shown(key)} cannot be checked against that by the built-in transport`,
    `Set "transport: openssh" in the ssh settings of ${target.host}: the system's ssh checks host certificates.`,
  );
}

/** SSH_HOST_KEY_UNKNOWN: accepted, but it cannot be written down, so the next run would know nothing of it. */
export function cannotWrite(target: Target, file: string, cause: unknown): ProvisionError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProvisionError(
    'SSH_HOST_KEY_UNKNOWN',
    `Cannot connect to ${target.label}: its new host key cannot be added to ${file}: ${reason}.`,
    { hint: `Make ${file} writable.`, host: target.host, exitCode: ExitCode.hostKey, cause },
  );
}

function shown(key: Buffer): string {
  return `${keyTypeName(key)} host key ${fingerprint(key)}`;
}

function refusal(target: Target, code: string, what: string, hint: string): ProvisionError {
  return new ProvisionError(code, `Will not connect to ${target.label} (${place(target)}): ${what}.`, {
    hint,
    host: target.host,
    exitCode: ExitCode.hostKey,
  });
}

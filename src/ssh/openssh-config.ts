import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../inventory/inventory.js';

export interface OpensshSettings {
  /** Folder that holds `.ssh`. */
  readonly home: string;
  readonly acceptNew: boolean;
  /** Milliseconds, and how many go unanswered. */
  readonly keepalive: { readonly interval: number; readonly count: number };
}

const SYSTEM_CONFIG = '/etc/ssh/ssh_config';
const IDENTITIES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * The configuration file that ssh is given: our rules first, because the first value counts, then the user's and the
 * system's. ssh hands the file on to the ssh processes of the jump hosts, so the rules hold for every hop.
 */
export function opensshConfig(host: Host, { home, acceptNew, keepalive }: OpensshSettings): string {
  const { knownHostsFile, connectTimeout } = host.ssh;
  const rules = [
    'Host *',
    'BatchMode yes',
    `StrictHostKeyChecking ${acceptNew ? 'accept-new' : 'yes'}`,
    `ConnectTimeout ${Math.max(1, Math.ceil(connectTimeout))}`,
    `ServerAliveInterval ${Math.max(1, Math.round(keepalive.interval / 1000))}`,
    `ServerAliveCountMax ${keepalive.count}`,
    ...(knownHostsFile === undefined ? [] : [`UserKnownHostsFile ${word(inHome(knownHostsFile, home))}`]),
    ...[join(home, '.ssh', 'config'), SYSTEM_CONFIG]
      .filter(existsSync)
      .map((file) => `Include ${word(file)}`),
    ...(home === userInfo().homedir
      ? []
      : ['Host *', ...defaultsOf(home, host.ssh.identityFile === undefined)]),
  ];
  return `${rules.join('\n')}\n`;
}

/** ssh takes its defaults from the password database's home; these are the same for another home. */
function defaultsOf(home: string, withIdentities: boolean): string[] {
  const ssh = join(home, '.ssh');
  const identities = withIdentities ? IDENTITIES.map((name) => join(ssh, name)).filter(existsSync) : [];
  return [
    `UserKnownHostsFile ${word(join(ssh, 'known_hosts'))}`,
    ...identities.map((file) => `IdentityFile ${word(file)}`),
  ];
}

/** Arguments that concern the host alone, not the hops on the way to it. */
export function hostArguments({ ssh }: Host, home: string): string[] {
  return [
    ...(ssh.port === undefined ? [] : ['-p', String(ssh.port)]),
    ...(ssh.user === undefined ? [] : ['-l', ssh.user]),
    ...(ssh.identityFile === undefined ? [] : ['-i', inHome(ssh.identityFile, home)]),
    ...(ssh.proxyJump.length === 0 ? [] : ['-J', ssh.proxyJump.join(',')]),
    ...(ssh.hostKey === undefined ? [] : pin(ssh.hostKey)),
  ];
}

/** ssh asks a command which keys are known; this one knows the key that has the right fingerprint, and no other. */
function pin(fingerprint: string): string[] {
  const command = `/bin/sh -c '[ "$1" = "$2" ] && echo "$3 $4 $5"; exit 0' pin %f ${fingerprint} %H %t %K`;
  const files = ['UserKnownHostsFile', 'GlobalKnownHostsFile'].flatMap((name) => ['-o', `${name}=/dev/null`]);
  return ['-o', `KnownHostsCommand=${command}`, ...files, '-o', 'StrictHostKeyChecking=yes'];
}

function inHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}

/** A word of ssh_config; paths with blanks need quotes, and `%` would be expanded. */
function word(text: string): string {
  return `"${text.replaceAll('%', '%%')}"`;
}

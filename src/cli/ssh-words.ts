import type { Host } from '../inventory/inventory.js';
import { hostArguments } from '../ssh/openssh-config.js';

/** Words for the system's ssh that say what the inventory says; a pinned key is the only one that it takes. */
export function sshWords(host: Host, home: string): string[] {
  const { knownHostsFile, connectTimeout, hostKey } = host.ssh;
  const known = hostKey === undefined && knownHostsFile !== undefined;
  return [
    ...hostArguments(host, home),
    ...(known ? ['-o', `UserKnownHostsFile=${knownHostsFile.replace(/^~(?=\/|$)/, home)}`] : []),
    '-o',
    `ConnectTimeout=${connectTimeout}`,
    '--',
    host.ssh.host,
  ];
}

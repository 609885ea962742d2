import type { Host } from '../../../src/inventory/inventory.js';

/** How a host is logged in to from other hosts. */
export interface PeerKeys {
  readonly host: Host;
  readonly port: number;
  /** "ssh-ed25519 AAAA...". */
  readonly keys: readonly string[];
}

const SSH_PORT = 22;
const KEY_LINE = /^((?:ssh|ecdsa)-[a-z0-9-]+) ([A-Za-z0-9+/]+=*)/;

/**
 * From what the host told: "port N" for each that sshd listens on, and its public keys. Our own connection may come through
 * a forwarded port, so that the inventory says nothing of this.
 */
export function readPeerKeys(host: Host, text: string): PeerKeys {
  const told = text.split('\n');
  const ports = told.flatMap((line) => {
    const [, port] = /^port (\d+)$/.exec(line) ?? [];
    return port === undefined ? [] : [Number(port)];
  });
  const keys = told.flatMap((line) => {
    const [, type, blob] = KEY_LINE.exec(line) ?? [];
    return type === undefined || blob === undefined ? [] : [`${type} ${blob}`];
  });
  return { host, port: ports.includes(SSH_PORT) ? SSH_PORT : (ports[0] ?? SSH_PORT), keys };
}

/** Lines of a known_hosts file: each host by name and by address. */
export function knownHosts(peers: readonly PeerKeys[]): string {
  return peers
    .flatMap(({ host, port, keys }) => {
      const names = [host.name, host.address].map((name) =>
        port === SSH_PORT ? name : `[${name}]:${String(port)}`,
      );
      return keys.map((key) => `${names.join(',')} ${key}\n`);
    })
    .join('');
}

/** ssh_config(5): nothing is asked, no key is accepted unseen, and no host is waited for longer than this. */
export function sshConfig(peers: readonly PeerKeys[], user: string): string {
  return peers
    .map(
      ({ host, port }) => `Host ${host.name}
  HostName ${host.address}
  Port ${String(port)}
  User ${user}
  IdentityFile ~/.ssh/id_ed25519
  IdentitiesOnly yes
  StrictHostKeyChecking yes
  BatchMode yes
  ConnectTimeout 10
  ServerAliveInterval 15
`,
    )
    .join('');
}

import type { Host, SshSettings } from '../../src/inventory/inventory.js';

/** A host of the inventory whose file says nothing of ssh. */
export function inventoryHost(
  name: string,
  address: string,
  { ssh, ...changes }: Partial<Omit<Host, 'ssh'>> & { readonly ssh?: Partial<SshSettings> } = {},
): Host {
  return {
    name,
    address,
    roles: [],
    osds: [],
    labels: new Map(),
    taints: [],
    ...changes,
    ssh: {
      host: address,
      port: undefined,
      user: undefined,
      identityFile: undefined,
      passphrase: undefined,
      password: undefined,
      sudoPassword: undefined,
      hostKey: undefined,
      proxyJump: [],
      knownHostsFile: undefined,
      transport: 'ssh2',
      connectTimeout: 10,
      ...ssh,
    },
  };
}

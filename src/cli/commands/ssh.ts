import { spawn } from 'node:child_process';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Host } from '../../inventory/inventory.js';
import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT } from '../common-options.js';
import { checkedHosts, openInventory } from '../open-inventory.js';

export const sshCommand: Command = {
  name: 'ssh',
  summary: 'Open a shell on a host, with the settings of the inventory.',
  arguments: [{ name: 'host', description: 'name of the host', required: true }, INVENTORY_ARGUMENT],
  options: [],
  examples: [{ command: 'provision ssh node1 inventory.yaml', explanation: 'a shell on node1' }],
  handler: async (args, context) => {
    const inventory = await openInventory(args, context);
    const [name] = checkedHosts(inventory, [args.text('host') ?? '']);
    const host = inventory.hosts.find((each) => each.name === name);
    return host === undefined ? ExitCode.usage : openShell(host);
  },
};

/** Words for the system's ssh that say what the inventory says. */
export function sshWords({ ssh }: Host): string[] {
  const words: string[] = [];
  if (ssh.port !== undefined) words.push('-p', String(ssh.port));
  if (ssh.user !== undefined) words.push('-l', ssh.user);
  if (ssh.identityFile !== undefined) words.push('-i', ssh.identityFile);
  if (ssh.knownHostsFile !== undefined) words.push('-o', `UserKnownHostsFile=${ssh.knownHostsFile}`);
  if (ssh.proxyJump.length > 0) words.push('-J', ssh.proxyJump.join(','));
  words.push('-o', `ConnectTimeout=${ssh.connectTimeout}`, '--', ssh.host);
  return words;
}

function openShell(host: Host): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', sshWords(host), { stdio: 'inherit' });
    child.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'ENOENT'
          ? new ProvisionError('SSH_CLIENT_MISSING', 'There is no "ssh" command on this machine.', {
              exitCode: ExitCode.usage,
              hint: 'Install it, for example with "apt install openssh-client".',
            })
          : cause,
      );
    });
    child.on('close', (code) => resolve(code ?? ExitCode.failed));
  });
}

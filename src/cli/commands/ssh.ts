import { spawn } from 'node:child_process';
import { ExitCode, ProvisionError } from '../../errors.js';
import type { Command } from '../command.js';
import { INVENTORY_ARGUMENT } from '../common-options.js';

export const sshCommand: Command = {
  name: 'ssh',
  summary: 'Open a shell on a host, with the settings of the inventory.',
  description: "Runs this machine's ssh, which asks for passwords itself.",
  arguments: [{ name: 'host', description: 'name of the host', required: true }, INVENTORY_ARGUMENT],
  options: [],
  examples: [{ command: 'provision ssh node1 inventory.yaml', explanation: 'a shell on node1' }],
  handler: async (args, context) => {
    const [{ homedir }, { checkedHosts, openInventory }, { sshWords }] = await Promise.all([
      import('node:os'),
      import('../open-inventory.js'),
      import('../ssh-words.js'),
    ]);
    const inventory = await openInventory(args, context);
    const [name] = checkedHosts(inventory, [args.text('host') ?? '']);
    const host = inventory.hosts.find((each) => each.name === name);
    if (host === undefined) return ExitCode.usage;
    return openShell(sshWords(host, homedir()));
  },
};

function openShell(words: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh', words, { stdio: 'inherit' });
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

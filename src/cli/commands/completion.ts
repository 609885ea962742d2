import { ExitCode } from '../../errors.js';
import type { Command } from '../command.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

export const completionCommand: Command = {
  name: 'completion',
  summary: 'Print the completion script for a shell.',
  arguments: [{ name: 'shell', description: SHELLS.join(', '), required: true, complete: { words: SHELLS } }],
  options: [],
  examples: [
    { command: 'source <(provision completion bash)', explanation: 'in this shell' },
    { command: 'provision completion bash >/etc/bash_completion.d/provision', explanation: 'for everyone' },
    { command: 'provision completion zsh >"${fpath[1]}/_provision"', explanation: 'for zsh' },
    {
      command: 'provision completion fish >~/.config/fish/completions/provision.fish',
      explanation: 'for fish',
    },
  ],
  handler: async (args, context) => {
    const [{ commands }, { completionScript }, { ProvisionError }] = await Promise.all([
      import('../commands.js'),
      import('../completion-script.js'),
      import('../../errors.js'),
    ]);
    const shell = SHELLS.find((name) => name === args.text('shell'));
    if (shell === undefined) {
      throw new ProvisionError('USAGE', `There is no completion for "${args.text('shell')}".`, {
        exitCode: ExitCode.usage,
        hint: `It is there for ${SHELLS.join(', ')}.`,
      });
    }
    context.stdout.write(completionScript(shell, commands));
    return ExitCode.done;
  },
};

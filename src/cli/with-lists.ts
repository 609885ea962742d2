import type { Arguments } from './command.js';

/** The arguments, but for what the command itself has chosen: the values of these options, whatever was typed. */
export function withLists(args: Arguments, chosen: Readonly<Record<string, readonly string[]>>): Arguments {
  return { ...args, list: (name) => chosen[name] ?? args.list(name) };
}

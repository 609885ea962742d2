import type { Context } from './context.js';

/** A command as data: parsing, help, completion and docs/commands.md all come from it. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Further sentences for its own help. */
  readonly description?: string | undefined;
  readonly arguments: readonly Argument[];
  readonly options: readonly Option[];
  readonly examples: readonly Example[];
  /** Commands below this one (`lab create`); such a command has no handler of its own. */
  readonly commands?: readonly Command[] | undefined;
  /** Gives the exit code. Imports what it needs itself, so that `--version` and completion stay quick. */
  readonly handler?: ((args: Arguments, context: Context) => Promise<number>) | undefined;
}

export interface Argument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Takes all words to the end. */
  readonly rest?: boolean | undefined;
  readonly default?: string | undefined;
  readonly complete?: Completion | undefined;
}

export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string | undefined;
  /** Placeholder of its value; an option without one is a flag. */
  readonly value?: string | undefined;
  readonly description: string;
  /** May be given several times, or as a list with commas. */
  readonly repeat?: boolean | undefined;
  readonly default?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly complete?: Completion | undefined;
}

/** What a shell offers for a word. */
export type Completion = 'file' | 'inventory' | { readonly words: readonly string[] };

export interface Example {
  readonly command: string;
  readonly explanation: string;
}

/** The words that a command was given. */
export interface Arguments {
  /** A positional argument or an option's value. */
  readonly text: (name: string) => string | undefined;
  /** All values of an option that may be repeated, or the words of a rest argument. */
  readonly list: (name: string) => readonly string[];
  readonly flag: (name: string) => boolean;
}

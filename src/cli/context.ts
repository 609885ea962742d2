/** The world as a command sees it; tests give another one. */
export interface Context {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdinIsTerminal: boolean;
  readonly prompts: Prompts;
  /** The first Ctrl-C: end after the running task. */
  readonly softStop: AbortSignal;
  /** The second: at once. */
  readonly hardStop: AbortSignal;
  /** `--debug`: errors show their stack. */
  readonly debug: boolean;
}

export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Columns and rows; a pipe counts as 80 by 24. */
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

/** Questions on the terminal. Each rejects with `ExitPromptError` on Ctrl-C. */
export interface Prompts {
  readonly confirm: (message: string, initial?: boolean) => Promise<boolean>;
  readonly input: (
    message: string,
    options?: { initial?: string; validate?: (value: string) => true | string },
  ) => Promise<string>;
  readonly select: (message: string, choices: readonly string[], initial?: string) => Promise<string>;
  readonly checkbox: (
    message: string,
    choices: readonly string[],
    initial?: readonly string[],
  ) => Promise<readonly string[]>;
  readonly password: (message: string) => Promise<string>;
}

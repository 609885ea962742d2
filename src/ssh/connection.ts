/** What the engine needs of a host; both transports (ssh2 and the system's ssh) give it. */
export interface Connection {
  /** The inventory name of the host. */
  readonly host: string;
  /** Runs a program as the connecting user. `command` is a shell command line for the login shell: keep it short. */
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  /** Runs a POSIX shell script as root: directly, or through sudo with or without a password. The script travels on standard input. */
  execRoot(script: string, options?: ExecOptions): Promise<ExecResult>;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface ExecOptions {
  /** Sent to the program's standard input, which is then closed. */
  readonly input?: string | Buffer | undefined;
  /** Called with each chunk as it arrives; the chunks are then not collected in the result. */
  readonly onStdout?: ((chunk: Buffer) => void) | undefined;
  readonly onStderr?: ((chunk: Buffer) => void) | undefined;
  /** Ends waiting and closes the channel; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; rejects with the code EXEC_TIMEOUT. */
  readonly timeout?: number | undefined;
}

export interface ExecResult {
  /** Exit code; a program ended by a signal has 128 + its number. */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/**
 * Opens a connection to a host. Rejects with a `ProvisionError` whose code says why: SSH_NAME, SSH_REFUSED, SSH_TIMEOUT,
 * SSH_UNREACHABLE, SSH_AUTH, SSH_HOST_KEY_UNKNOWN, SSH_HOST_KEY_CHANGED, SSH_HOST_KEY_REVOKED, SSH_CONFIG, SSH_UNSUPPORTED,
 * SSH_LOST (while logging in). `execRoot` may add SUDO_PASSWORD, SUDO_DENIED and SSH_SHELL.
 * `exec` rejects with SSH_LOST when the connection breaks under it; the caller may then connect again.
 */
export type Connect = (signal?: AbortSignal) => Promise<Connection>;

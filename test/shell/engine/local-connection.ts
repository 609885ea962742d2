import { spawn } from 'node:child_process';
import { ProvisionError } from '../../../src/errors.js';
import type { Connection, ExecOptions, ExecResult } from '../../../src/ssh/connection.js';

/** A "host" that is a shell of this machine with a run root and a state folder of its own. */
export interface LocalHost {
  readonly name: string;
  /** argv of the shell, for example ['busybox', 'ash']. */
  readonly shell: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which the next exec breaks as a lost connection does; the program goes on. */
  cutAfter?: number | undefined;
}

/** The engine's view of a local host. Like ssh, it leaves the program running when the "connection" is lost. */
export function localConnection(host: LocalHost): Connection {
  const exec = (script: string, options: ExecOptions = {}): Promise<ExecResult> => run(host, script, options);
  return { host: host.name, exec, execRoot: exec, close: async () => undefined };
}

function run(host: LocalHost, script: string, options: ExecOptions): Promise<ExecResult> {
  const [command = 'sh', ...args] = host.shell;
  const child = spawn(command, [...args, '-s'], { env: { ...process.env, ...host.env } });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  let lost = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (lost) return;
    if (options.onStdout === undefined) stdout.push(chunk);
    else options.onStdout(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined);
  child.stdin.end(`main() {\n${script}\n}\nmain </dev/null\n`);
  return new Promise((resolve, reject) => {
    if (host.cutAfter !== undefined) {
      const { cutAfter } = host;
      host.cutAfter = undefined;
      setTimeout(() => {
        lost = true;
        child.stdout.destroy();
        reject(new ProvisionError('SSH_LOST', `The connection to ${host.name} broke.`, { host: host.name }));
      }, cutAfter);
    }
    options.signal?.addEventListener('abort', () => {
      lost = true;
      child.kill();
      reject(options.signal?.reason as Error);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code: code ?? 255, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
  });
}

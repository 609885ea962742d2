import { randomBytes } from 'node:crypto';
import { quote } from '../shell/quote.js';
import type { ExecOptions, ExecResult } from './connection.js';
import { createGate } from './gate.js';
import { createSink, runToEnd, type RemoteProgram, type StartProgram } from './program.js';
import { rootFailure, wrongPassword } from './root-failures.js';
import type { RootSettings } from './root-settings.js';

/** Runs scripts as root on one connection. */
export type RunAsRoot = (script: string, options?: ExecOptions) => Promise<ExecResult>;

/** Milliseconds in which sudo must take or refuse a password; longer than keep-alive takes to find a dead connection. */
const SUDO_TIMEOUT = 60_000;

/**
 * Runs scripts as root: directly when the user is root, else through sudo. The script travels on standard input after
 * the password, so that neither is ever seen in `ps`.
 *
 * The shell that root gets first prints a random mark on both outputs. What comes before it is noise of the login shell or
 * of sudo; when it never comes, sudo has refused, and what it said tells why. Until the mark has come once on this
 * connection nothing but the password is sent: sudo would take the next lines for further passwords, and a
 * wrong password in the inventory would count three times against the account.
 */
export function createRootRunner(settings: RootSettings, start: StartProgram): RunAsRoot {
  const mark = `@@provision-${randomBytes(9).toString('hex')}@@`;
  const command = rootCommand(mark, settings.user, settings.sudoPassword !== undefined);
  let passwordAccepted = false;

  return async (script, options = {}) => {
    const { sudoPassword: password } = settings;
    const input = wrapScript(script);
    const probing = password !== undefined && !passwordAccepted;
    const refused = new AbortController();
    const stdout = createSink(options.onStdout);
    const stderr = createSink(options.onStderr);
    let program: RemoteProgram | undefined;
    let timer: NodeJS.Timeout | undefined;

    const refuse = (why: Error): void => {
      program?.stdin.end();
      refused.abort(why);
    };
    const output = createGate(mark, stdout.take, () => undefined);
    const errors = createGate(mark, stderr.take, () => {
      clearTimeout(timer);
      if (probing) program?.stdin.end(`${mark}\n${input}`);
      passwordAccepted = true;
    });
    const onStart = (started: RemoteProgram): void => {
      program = started;
      if (!probing)
        return void started.stdin.end(password === undefined ? input : `${password}\n${mark}\n${input}`);
      started.stdin.write(`${password}\n`);
      timer = setTimeout(() => refuse(rootFailure(settings, errors.before(), undefined)), SUDO_TIMEOUT);
    };
    const onStderr = (chunk: Buffer): void => {
      errors.push(chunk);
      if (!errors.isOpen() && asksAgain(errors.before(), mark)) refuse(wrongPassword(settings));
    };
    const signal = AbortSignal.any([refused.signal, ...(options.signal ? [options.signal] : [])]);
    const handling = { onStart, onStdout: output.push, onStderr };
    try {
      const code = await runToEnd(settings.host, start, command, { ...options, signal }, handling);
      if (!errors.isOpen()) throw rootFailure(settings, errors.before(), code);
      return { code, stdout: stdout.all(), stderr: stderr.all() };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** sudo prints this each time it asks for the password. */
function promptOf(mark: string): string {
  return `${mark}?`;
}

/** The second time means that the first answer was wrong. */
function asksAgain(said: string, mark: string): boolean {
  return said.split(promptOf(mark)).length > 2;
}

/**
 * The command line for the login shell, whichever it is: one line, no `!`. In the form with a password the shell that
 * root gets skips its input up to the mark, because sudo leaves the password unread when it does not need one.
 */
export function rootCommand(mark: string, user: string, withPassword: boolean): string {
  const skip = withPassword ? `while IFS= read -r l; do case $l in ${mark}) break ;; esac; done; ` : '';
  const shell = `echo ${mark}; echo ${mark} >&2; ${skip}exec /bin/sh -s`;
  if (user === 'root') return `/bin/sh -c ${quote(shell)}`;
  const options = withPassword ? `-S -k -p '${promptOf(mark)}'` : '-n';
  const sudo = `LC_ALL=C; export LC_ALL; exec sudo ${options} -- /bin/sh -c ${quote(shell)}`;
  return `/bin/sh -c ${quote(`if [ "$(id -u)" = 0 ]; then ${shell}; fi; ${sudo}`)}`;
}

/**
 * A shell reads its script from standard input bit by bit: a child that reads standard input would eat the rest, and a
 * connection that breaks would leave half a script that has run. As a function it is read whole, or is a syntax error.
 */
export function wrapScript(script: string): string {
  return `provision_script() {\n:\n${script}\n\n}\nprovision_script </dev/null\n`;
}
